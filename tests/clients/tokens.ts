/**
 * A convex client whose tokens come from a list, one for each time that it asks; driven like browser.ts.
 *
 * Prints `{"tab": name, "asked": forced}` when the client wants a token and `{"tab": name, "accepted": yes}` when it
 * says whether it is signed in.
 */
import { ConvexClient } from "convex/browser";
import { makeFunctionReference } from "convex/server";
import { print, type Row, serve } from "./tabs.ts";

const place: { serviceUrl: string } = JSON.parse(Deno.args[0]);
const logger = { logVerbose() {}, log: console.error, warn: console.error, error: console.error };

class Tab {
  #client = new ConvexClient(place.serviceUrl, { logger });

  constructor(readonly name: string) {}

  /** The last token of the list stands for all that follow. */
  authenticate({ tokens }: { tokens: (string | null)[] }): Row {
    this.#client.setAuth(
      ({ forceRefreshToken }) => {
        print({ tab: this.name, asked: forceRefreshToken });
        return Promise.resolve(tokens.length > 1 ? tokens.shift() : tokens[0]);
      },
      (accepted) => print({ tab: this.name, accepted }),
    );
    return {};
  }

  subscribe({ name, path, args }: { name: string; path: string; args: Row }): Row {
    const query = makeFunctionReference<"query">(path);
    this.#client.onUpdate(query, args, (value) => print({ tab: this.name, answer: name, value }));
    return {};
  }

  async close(): Promise<Row> {
    await this.#client.close();
    return {};
  }
}

type Command = Row & { id: number; tab: string; verb: Exclude<keyof Tab, "name"> };

await serve((name) => new Tab(name), (tab, command: Command) => tab[command.verb](command as never));
