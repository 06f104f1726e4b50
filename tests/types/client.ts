/** A client that uses everything as it is meant: the compiler has nothing to say about it. */
import { createClient } from "@supabase/supabase-js";
import { ConvexClient, ConvexHttpClient } from "convex/browser";
import { useConvex, useMutation, usePaginatedQuery, useQuery } from "convex/react";
import type { FunctionArgs, FunctionReturnType } from "convex/server";
import { api } from "../../_generated/api.ts";
import type { Doc, Id, TableNames } from "../../_generated/dataModel.ts";
import type { Database, Tables, TablesInsert, TablesUpdate } from "../../_generated/database.types.ts";

const convex = new ConvexClient("http://127.0.0.1:8000");
const http = new ConvexHttpClient("http://127.0.0.1:8000");
const supabase = createClient<Database>("http://127.0.0.1:54321", "key");

/** `true` only for one and the same type: `any` is no other type's equal. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends (<T>() => T extends B ? 1 : 2) ? true : false;
const same = <_ extends true>() => {};

same<Same<FunctionReturnType<typeof api.posts.create>, Id<"posts">>>();
same<Same<FunctionReturnType<typeof api.users.me>, Doc<"users"> | null>>();
same<Same<FunctionArgs<typeof api.courses.enroll>, { courseId: Id<"courses"> }>>();
same<Same<Doc<"posts">["authorName"], string | null>>();
same<Same<Doc<"posts">["_creationTime"], number>>();
same<Same<Doc<"posts">["deletedAt"], number | null>>();
same<Same<Doc<"courses">["status"], "draft" | "published">>();

export async function openSpaces(): Promise<string[]> {
  const spaces = await convex.query(api.spaces.list, {});
  const again = await http.query(api.spaces.list);
  return [...spaces, ...again].filter((space) => space.visibility === "public").map((space) => space.name);
}

export async function write(spaceId: Id<"spaces">, content: string): Promise<Id<"posts">> {
  return await convex.mutation(api.posts.create, { spaceId, content });
}

export function follow(spaceId: Id<"spaces">, show: (posts: Doc<"posts">[]) => void): () => void {
  const paginationOpts = { numItems: 20, cursor: null };
  return convex.onUpdate(api.posts.feed, { spaceId, paginationOpts }, ({ page }) => show(page));
}

export function likeAtOnce(spaceId: Id<"spaces">, postId: Id<"posts">): Promise<boolean> {
  return convex.mutation(api.posts.toggleLike, { postId }, {
    optimisticUpdate(store) {
      for (const { args, value } of store.getAllQueries(api.posts.feed)) {
        if (value === undefined || args.spaceId !== spaceId) continue;
        const liked = (post: Doc<"posts">) => ({ ...post, likeCount: post.likeCount + 1 });
        const page = value.page.map((post) => post._id === postId ? liked(post) : post);
        store.setQuery(api.posts.feed, args, { ...value, page });
      }
    },
  });
}

export function useFeed(spaceId: Id<"spaces"> | null) {
  const me = useQuery(api.users.me);
  const courses = useQuery(api.courses.list, {});
  const { results, status, loadMore } = usePaginatedQuery(
    api.posts.feed,
    spaceId === null ? "skip" : { spaceId },
    { initialNumItems: 20 },
  );
  const toggleLike = useMutation(api.posts.toggleLike);
  const later = useConvex();
  return {
    greeting: me === undefined ? "..." : me === null ? "Welcome" : `Hello ${me.name}`,
    titles: courses?.map((course) => course.title) ?? [],
    posts: results.map((post) => ({ ...post, like: () => toggleLike({ postId: post._id }) })),
    more: status === "CanLoadMore" ? () => loadMore(20) : undefined,
    rename: (name: string) => later.mutation(api.users.rename, { name }),
  };
}

export function likedPost(like: Doc<"likes">): Id<"posts"> | null {
  return like.targetType === "post" ? like.targetId : null;
}

export function names(table: TableNames): string {
  return table satisfies string;
}

export async function postsOf(authorId: string): Promise<Pick<Tables<"posts">, "id" | "content">[]> {
  const { data, error } = await supabase
    .from("posts")
    .select("id, content, author:users(name)")
    .eq("author_id", authorId)
    .order("created_at", { ascending: false });
  if (error) throw error;
  return data.map(({ id, content, author }) => ({ id, content: `${author.name}: ${content}` }));
}

export async function myGoals(): Promise<Tables<{ schema: "tracker" }, "goals">[]> {
  return (await supabase.schema("tracker").from("goals").select().throwOnError()).data;
}

export async function enroll(enrollment: TablesInsert<"enrollments">, change: TablesUpdate<"enrollments">) {
  const { data } = await supabase.from("enrollments").insert(enrollment).select("id").single().throwOnError();
  await supabase.from("enrollments").update(change).eq("id", data.id).throwOnError();
  const person = { bio: null, notification_prefs: { mail: true } };
  await supabase.from("users").update(person).eq("id", enrollment.user_id);
}
