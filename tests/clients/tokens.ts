/**
 * A convex client whose tokens come from a list, one for each time that it asks; driven like browser.ts.
 *
 * Prints `{"tab": name, "asked": forced}` when the client wants a token and `{"tab": name, "accepted": yes}` when it
 * says whether it is signed in.
 */
import { ConvexClient } from "convex/browser";
import { makeFunctionReference } from "convex/server";

type Row = Record<string, unknown>;

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

function print(event: Row) {
  console.log(JSON.stringify(event));
}

const tabs = new Map<string, Tab>();

async function run(line: string) {
  const command: Row & { id: number; tab: string; verb: Exclude<keyof Tab, "name"> } = JSON.parse(line);
  const tab = tabs.get(command.tab) ?? new Tab(command.tab);
  tabs.set(command.tab, tab);
  print({ reply: command.id, ...await tab[command.verb](command as never) });
}

let rest = "";
for await (const chunk of Deno.stdin.readable.pipeThrough(new TextDecoderStream())) {
  const lines = (rest + chunk).split("\n");
  rest = lines.pop()!;
  for (const line of lines) run(line);
}
await Promise.all([...tabs.values()].map((tab) => tab.close()));
Deno.exit(0);
