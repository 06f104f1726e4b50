// zero-cache, and the endpoint it asks what a named query means. Settings come as ZERO_* variables; PORT_OF_QUERIES
// is where the endpoint listens.
import { spawn } from "node:child_process";
import { createServer } from "node:http";
import { fileURLToPath } from "node:url";

const newest = (condition) => ({
  table: "posts",
  where: condition,
  orderBy: [["created_at", "desc"], ["id", "desc"]],
  limit: 20,
});
const equals = (column, value) => ({
  type: "simple",
  op: "=",
  left: { type: "column", name: column },
  right: { type: "literal", value },
});
const notDeleted = {
  type: "simple",
  op: "IS",
  left: { type: "column", name: "deleted_at" },
  right: { type: "literal", value: null },
};

const queries = {
  feed: ([space]) => newest(equals("space_id", space)),
  personal: ([space, person]) =>
    newest({
      type: "and",
      conditions: [
        equals("space_id", space),
        { type: "or", conditions: [notDeleted, equals("author_id", person)] },
      ],
    }),
};

const endpoint = createServer(async (request, response) => {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const [, asked] = JSON.parse(Buffer.concat(chunks).toString());
  const told = asked.map(({ id, name, args }) => ({ id, name, ast: queries[name](args) }));
  response.setHeader("content-type", "application/json");
  response.end(JSON.stringify(["transformed", told]));
});

endpoint.listen(Number(process.env.PORT_OF_QUERIES), "127.0.0.1", () => {
  const program = new URL("node_modules/@rocicorp/zero/out/zero/src/cli.js", import.meta.url);
  const cache = spawn(process.execPath, [fileURLToPath(program)], { stdio: "inherit" });
  cache.on("exit", (code) => process.exit(code ?? 1));
  process.on("SIGTERM", () => cache.kill("SIGTERM"));
});
