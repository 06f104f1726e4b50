/**
 * Browser tabs with unmodified supabase-js and convex clients, driven by lines.
 *
 * Reads one command a line, `{"id": 1, "tab": "ada", "verb": "signUp", ...}`; a tab opens at its first command.
 * Prints one event a line: `{"reply": 1, ...}` when a command is done; `{"tab": "ada", "answer": "feed", "value": ...}`
 * or `{"tab": "ada", "failure": "feed", ...}` whenever a subscription speaks. Commands run at once, not in turn.
 */
import { createClient } from "@supabase/supabase-js";
import { ConvexClient } from "convex/browser";
import { makeFunctionReference } from "convex/server";
import { ConvexError, type Value } from "convex/values";
import { print, type Row, serve } from "./tabs.ts";

type Arguments = Record<string, Value>;
interface Feed {
  page: { _id: string; likeCount: number }[];
}

const place: { apiUrl: string; anonKey: string; serviceUrl: string } = JSON.parse(Deno.args[0]);
// Standard output carries events only.
const logger = { logVerbose() {}, log: console.error, warn: console.error, error: console.error };

class Tab {
  #supabase = createClient(place.apiUrl, place.anonKey, { auth: { persistSession: false } });
  #convex = new ConvexClient(place.serviceUrl, { logger, initialAuthTokenReuse: true });
  #stops = new Map<string, () => void>();

  constructor(readonly name: string) {}

  async signUp({ email, password, data }: { email: string; password: string; data: object }): Promise<Row> {
    const { data: made, error } = await this.#supabase.auth.signUp({ email, password, options: { data } });
    if (error) return { code: error.code, status: error.status };
    await this.#authenticate();
    return { userId: made.user!.id };
  }

  async signIn({ email, password }: { email: string; password: string }): Promise<Row> {
    const { data: found, error } = await this.#supabase.auth.signInWithPassword({ email, password });
    if (error) return { code: error.code, status: error.status };
    await this.#authenticate();
    return { userId: found.user.id };
  }

  async token(): Promise<Row> {
    const { data } = await this.#supabase.auth.getSession();
    return { token: data.session!.access_token };
  }

  async signOut(): Promise<Row> {
    const { error } = await this.#supabase.auth.signOut();
    // Not `setAuth` with a fetcher of null: the client holds its socket back meanwhile and loses the log-out.
    this.#convex.client.clearAuth();
    return { code: error?.code ?? null };
  }

  async select(request: { table: string; columns: string; match: Row; newestFirst?: boolean }): Promise<Row> {
    const rows = this.#supabase.from(request.table).select(request.columns).match(request.match);
    return spoken(await (request.newestFirst ? rows.order("created_at", { ascending: false }) : rows));
  }

  async insert({ table, row }: { table: string; row: Row }): Promise<Row> {
    return spoken(await this.#supabase.from(table).insert(row));
  }

  async update({ table, match, row }: { table: string; match: Row; row: Row }): Promise<Row> {
    return spoken(await this.#supabase.from(table).update(row).match(match).select("id"));
  }

  async delete({ table, match }: { table: string; match: Row }): Promise<Row> {
    return spoken(await this.#supabase.from(table).delete().match(match).select("id"));
  }

  subscribe({ name, path, args }: { name: string; path: string; args: Arguments }): Row {
    const stop = this.#convex.onUpdate(
      makeFunctionReference<"query", Arguments, Value>(path),
      args,
      (value) => print({ tab: this.name, answer: name, value }),
      (error) => print({ tab: this.name, failure: name, ...described(error) }),
    );
    this.#stops.set(name, stop);
    return {};
  }

  unsubscribe({ name }: { name: string }): Row {
    this.#stops.get(name)!();
    return {};
  }

  async query({ path, args }: { path: string; args: Arguments }): Promise<Row> {
    const value = await this.#convex.query(makeFunctionReference<"query", Arguments, Value>(path), args);
    return { value };
  }

  async mutate({ path, args }: { path: string; args: Arguments }): Promise<Row> {
    const value = await this.#convex.mutation(
      makeFunctionReference<"mutation", Arguments, Value>(path),
      args,
    );
    return { value };
  }

  /** Like a post and show it at once in the feed that was subscribed to with `feedArgs`. */
  async likeOptimistically({ postId, feedArgs }: { postId: string; feedArgs: Arguments }): Promise<Row> {
    const feed = makeFunctionReference<"query", Arguments, Feed>("posts:feed");
    const toggleLike = makeFunctionReference<"mutation", Arguments, boolean>("posts:toggleLike");
    const value = await this.#convex.mutation(toggleLike, { postId }, {
      optimisticUpdate(store) {
        const shown = store.getQuery(feed, feedArgs)!;
        const liked = (post: Feed["page"][0]) => ({ ...post, likeCount: post.likeCount + 1 });
        const page = shown.page.map((post) => post._id === postId ? liked(post) : post);
        store.setQuery(feed, feedArgs, { ...shown, page });
      },
    });
    return { value };
  }

  connection(): Row {
    return { ...this.#convex.connectionState() };
  }

  async close(): Promise<Row> {
    await this.#convex.close();
    return {};
  }

  /** Hand the Supabase session to the convex client; done when the service has accepted the token. */
  #authenticate(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#convex.setAuth(
        async ({ forceRefreshToken }) => {
          const { data } = await (forceRefreshToken
            ? this.#supabase.auth.refreshSession()
            : this.#supabase.auth.getSession());
          return data.session?.access_token;
        },
        (accepted) =>
          accepted ? resolve() : reject(new Error("the service refused the token")),
      );
    });
  }
}

type Verb = Exclude<keyof Tab, "name">;
interface Command {
  id: number;
  tab: string;
  verb: Verb;
}

/** What supabase-js says of one request, without the parts that only repeat it. */
function spoken(
  { data, error, status }: { data: unknown; error: { code: string } | null; status: number },
): Row {
  return { data, code: error?.code ?? null, status };
}

function described(error: unknown): Row {
  const message = error instanceof Error ? error.message : String(error);
  return error instanceof ConvexError ? { message, data: error.data } : { message };
}

await serve((name) => new Tab(name), async (tab, command: Command) => {
  try {
    return await tab[command.verb](command as never);
  } catch (error) {
    return { failed: described(error) };
  }
});
