/**
 * A page of a React application that shows `usePaginatedQuery`, without a browser; driven like browser.ts.
 *
 * Prints what the hook gives at each render, as `{"tab": name, "answer": "pages", "value": {status, results}}`, and
 * what the client asks for, as `{"tab": name, "asked": {cursor, endCursor, journal}}`.
 */
import { ConvexProvider, ConvexReactClient, usePaginatedQuery } from "convex/react";
import { makeFunctionReference } from "convex/server";
import { createElement } from "react";
import { create } from "react-test-renderer";
import { print, type Row, serve } from "./tabs.ts";

interface Post {
  content: string;
}
interface PagesOptions {
  path: string;
  args: Row;
  initialNumItems: number;
}
interface Command {
  id: number;
  tab: string;
  verb: "show" | "loadMore" | "spoilCursors" | "close";
}

const place: { serviceUrl: string } = JSON.parse(Deno.args[0]);
const logger = { logVerbose() {}, log: console.error, warn: console.error, error: console.error };

class Tab {
  /** Whether cursors leave the client damaged. */
  #spoiling = false;
  #loadMore: (count: number) => void = () => {};
  #client: ConvexReactClient;

  constructor(readonly name: string) {
    // deno-lint-ignore no-this-alias
    const tab = this;
    class Watched extends WebSocket {
      override send(data: string) {
        super.send(tab.#watch(data));
      }
    }
    this.#client = new ConvexReactClient(place.serviceUrl, { logger, webSocketConstructor: Watched });
  }

  show({ path, args, initialNumItems }: PagesOptions): Row {
    const query = makeFunctionReference<"query">(path);
    const Pages = () => {
      const { results, status, loadMore } = usePaginatedQuery(query as never, args as never, {
        initialNumItems,
      });
      this.#loadMore = loadMore;
      print({
        tab: this.name,
        answer: "pages",
        value: { status, results: (results as Post[]).map((post) => post.content) },
      });
      return null;
    };
    create(createElement(ConvexProvider, { client: this.#client }, createElement(Pages)));
    return {};
  }

  loadMore({ count }: { count: number }): Row {
    this.#loadMore(count);
    return {};
  }

  spoilCursors({ spoiling }: { spoiling: boolean }): Row {
    this.#spoiling = spoiling;
    return {};
  }

  async close(): Promise<Row> {
    await this.#client.close();
    return {};
  }

  #watch(data: string): string {
    const message = JSON.parse(data);
    for (const modification of message.modifications ?? []) {
      if (modification.type !== "Add") continue;
      const { cursor, endCursor } = modification.args[0].paginationOpts;
      if (cursor !== null && this.#spoiling) modification.args[0].paginationOpts.cursor = `x${cursor}`;
      print({
        tab: this.name,
        asked: { cursor, endCursor: endCursor ?? null, journal: modification.journal ?? null },
      });
    }
    return JSON.stringify(message);
  }
}

await serve((name) => new Tab(name), (tab, command: Command) => tab[command.verb](command as never));
