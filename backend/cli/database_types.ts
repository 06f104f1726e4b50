/**
 * Prints the types that supabase-js takes, made by the library behind `supabase gen types`.
 *
 * Reads one JSON object from standard input: the database's URL, the schemas that the API exposes, and the columns
 * that nobody can write, as `schema.table.column`.
 */
import { generateTypescript, introspect, sortGeneratorMetadata } from "@supabase/postgrest-typegen";
import pg from "pg";

interface Order {
  url: string;
  schemas: string[];
  kept: string[];
}

const { url, schemas, kept }: Order = await new Response(Deno.stdin.readable).json();

const client = new pg.Client({ connectionString: url });
await client.connect();
try {
  const found = sortGeneratorMetadata(await introspect(client, { includedSchemas: schemas }));
  // PostgreSQL only knows the columns that it generates itself; ours are kept by triggers, to the same effect.
  const columns = found.columns.map((column) => ({
    ...column,
    is_generated: column.is_generated || kept.includes(`${column.schema}.${column.table}.${column.name}`),
  }));
  const text = await generateTypescript({ ...found, columns }, {
    detectOneToOneRelationships: true, // As the Supabase CLI does.
    postgrestVersion: "14", // Whose features supabase-js may use; the stack's REST and hosted projects have them.
  });
  await new Blob([text]).stream().pipeTo(Deno.stdout.writable);
} finally {
  await client.end();
}
