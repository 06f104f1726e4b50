/**
 * Unmodified convex clients of npm, driven by lines.
 *
 * Reads one command a line, `{"tab": "client 8", "verb": "watch", ...}`; a tab opens at its first command. Prints
 * one event a line: `{"tab": ..., "query": 3, "value": ...}`, `{"tab": ..., "query": 3, "failed": ..., "data": ...}`,
 * and `{"tab": ..., "request": 4, "value": ...}` or `{..., "failed": ...}` for what was asked.
 */
import { ConvexClient } from "convex/browser";
import { makeFunctionReference } from "convex/server";
import { ConvexError, type Value } from "convex/values";

type Arguments = Record<string, Value>;

interface Command {
  tab: string;
  verb: "watch" | "unwatch" | "mutate" | "become";
  id: number;
  path: string;
  args: Arguments;
  tokens: string[];
}

// Standard output carries events only.
const logger = { logVerbose() {}, log() {}, warn() {}, error: console.error };

class Tab {
  #convex = new ConvexClient(Deno.args[0], { logger, initialAuthTokenReuse: true });
  #stops = new Map<number, () => void>();

  constructor(readonly name: string) {}

  watch({ id, path, args }: Command) {
    const stop = this.#convex.onUpdate(
      makeFunctionReference<"query", Arguments, Value>(path),
      args,
      (value) => print({ tab: this.name, query: id, value }),
      (error) => print({ tab: this.name, query: id, ...described(error) }),
    );
    this.#stops.set(id, stop);
  }

  unwatch({ id }: Command) {
    this.#stops.get(id)!();
  }

  async mutate({ id, path, args }: Command) {
    try {
      const value = await this.#convex.mutation(
        makeFunctionReference<"mutation", Arguments, Value>(path),
        args,
      );
      print({ tab: this.name, request: id, value });
    } catch (error) {
      print({ tab: this.name, request: id, ...described(error) });
    }
  }

  become({ tokens }: Command) {
    if (tokens.length === 0) {
      // Not `setAuth` with a fetcher of null: the client holds its socket back meanwhile and loses the log-out.
      this.#convex.client.clearAuth();
      return;
    }
    let used = 0;
    this.#convex.setAuth(() => Promise.resolve(tokens[used++ % tokens.length]));
  }
}

function described(error: unknown): Record<string, unknown> {
  const failed = error instanceof Error ? error.message : String(error);
  return error instanceof ConvexError ? { failed, data: error.data } : { failed };
}

function print(event: Record<string, unknown>) {
  console.log(JSON.stringify(event));
}

const tabs = new Map<string, Tab>();
let rest = "";
for await (const chunk of Deno.stdin.readable.pipeThrough(new TextDecoderStream())) {
  const lines = (rest + chunk).split("\n");
  rest = lines.pop()!;
  for (const line of lines) {
    const command: Command = JSON.parse(line);
    const tab = tabs.get(command.tab) ?? new Tab(command.tab);
    tabs.set(command.tab, tab);
    tab[command.verb](command);
  }
}
Deno.exit(0);
