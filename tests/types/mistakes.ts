/** Mistakes, one a line, each below what the compiler must say of it. It may say nothing else. */
import { createClient } from "@supabase/supabase-js";
import { ConvexClient } from "convex/browser";
import { useMutation, usePaginatedQuery, useQuery } from "convex/react";
import { api } from "../../_generated/api.ts";
import type { Doc, Id } from "../../_generated/dataModel.ts";
import type { Database, Tables, TablesInsert } from "../../_generated/database.types.ts";

const convex = new ConvexClient("http://127.0.0.1:8000");
const supabase = createClient<Database>("http://127.0.0.1:54321", "key");
declare const spaceId: Id<"spaces">,
  postId: Id<"posts">,
  like: Doc<"likes">,
  post: Doc<"posts">,
  user: Doc<"users">;
const paginationOpts = { numItems: 20, cursor: null };
const firstPage = { initialNumItems: 20 };

// Functions and their arguments.

// TS2561: 'space' does not exist in type
convex.query(api.posts.feed, { space: spaceId, paginationOpts });
// TS2353: 'unread' does not exist in type
convex.query(api.posts.feed, { spaceId, paginationOpts, unread: true });
// TS2322: Type 'number' is not assignable to type 'string'
convex.mutation(api.posts.create, { spaceId, content: 5 });
// TS2322: Type 'string' is not assignable to type 'Id<"posts">'
convex.mutation(api.posts.toggleLike, { postId: "b0000000-0000-4000-8000-000000000001" });
// TS2322: Type 'Id<"spaces">' is not assignable to type 'Id<"posts">'
convex.mutation(api.posts.toggleLike, { postId: spaceId });
// TS2345: Property 'content' is missing
convex.mutation(api.posts.create, { spaceId });
// TS2741: Property 'cursor' is missing
convex.query(api.posts.feed, { spaceId, paginationOpts: { numItems: 20 } });
// TS2322: Type 'true' is not assignable to type 'never'
convex.query(api.spaces.list, { all: true });
// TS2551: Property 'fed' does not exist
convex.query(api.posts.fed, { spaceId, paginationOpts });
// TS2551: Property 'pests' does not exist
convex.query(api.pests.feed, { spaceId, paginationOpts });
// TS2345: Type '"mutation"' is not assignable to type '"query"'
convex.query(api.posts.create, { spaceId, content: "" });

// Hooks.

// TS2345: Property 'spaceId' is missing
useQuery(api.posts.feed, { paginationOpts });
// TS2339: Property 'map' does not exist
useQuery(api.users.me, {})?.map(String);
// TS2532: Object is possibly 'undefined'
useQuery(api.courses.list).length;
// TS2353: 'id' does not exist in type
useMutation(api.posts.remove)({ id: postId });
// TS2345: Type '"query"' is not assignable to type '"mutation"'
useMutation(api.posts.feed);
// TS2345: Property 'paginationOpts' is missing
usePaginatedQuery(api.courses.list, {}, firstPage);
// TS2353: 'cursor' does not exist in type
usePaginatedQuery(api.posts.feed, { spaceId, cursor: null }, firstPage);
// TS2339: Property 'title' does not exist
usePaginatedQuery(api.posts.feed, { spaceId }, firstPage).results[0].title;

// Documents.

// TS2551: Did you mean 'likeCount'?
post.like_count;
// TS2339: Property 'id' does not exist
post.id;
// TS18047: 'post.authorName' is possibly 'null'
post.authorName.length;
// TS2551: Property 'toISOString' does not exist on type 'number'
post._creationTime.toISOString();
// TS2367: This comparison appears to be unintentional
user.role === "owner";
// TS2345: Type '"comments"' is not assignable to type '"posts"'
(() => like.targetType === "comment" && ((id: Id<"posts">) => id)(like.targetId));
// TS2344: Type '"pests"' does not satisfy the constraint
((pest: Doc<"pests">) => pest);

// Tables, straight through Supabase.

// TS2769: Argument of type '"post"' is not assignable
supabase.from("post").select();
// TS2339: column 'contents' does not exist on 'posts'
(await supabase.from("posts").select("id, contents").single()).data!.contents;
// TS2339: could not find the relation between posts and memberships
(await supabase.from("posts").select("id, memberships(tier)").single()).data!.memberships.tier;
// TS2551: Property 'names' does not exist
(await supabase.from("posts").select("author:users(name)").single()).data!.author.names;
// TS2345: Argument of type '"contents"' is not assignable
supabase.from("posts").select().eq("contents", "");
// TS2345: Argument of type 'string' is not assignable to parameter of type 'number'
supabase.from("posts").select().eq("like_count", "many");
// TS2322: Type 'string' is not assignable to type 'never'
supabase.from("enrollments").insert({ user_id: "", course_id: "", note: "" });
// TS2345: Property 'course_id' is missing
supabase.from("enrollments").insert({ user_id: "" });
// TS2561: 'name_' does not exist
supabase.from("users").update({ name_: "" }).eq("id", "");
// TS2322: Type 'null' is not assignable to type 'string
supabase.from("users").update({ name: null }).eq("id", "");
// TS2322: Type 'number' is not assignable to type 'undefined'
supabase.from("posts").update({ like_count: 7 }).eq("id", "");
// TS2345: Argument of type '"private"' is not assignable
supabase.schema("private");
// TS2769: Argument of type '"posts"' is not assignable
supabase.schema("academy").from("posts");
// TS2345: Argument of type '"nothing"' is not assignable
supabase.rpc("nothing");
// TS2345: is missing the following properties
((row: Pick<Tables<"posts">, "id" | "content" | "like_count">) => row)({ id: "" });
// TS2344: Type '"like"' does not satisfy the constraint
((row: TablesInsert<"like">) => row);
