// Generated from the functions in backend/handlers by `folkmoot types write`. Change those, not this.

import { anyApi, type FunctionReference, type PaginationOptions, type PaginationResult } from "convex/server";
import type { Doc, Id } from "./dataModel.ts";

/** The functions that anyone may call. */
export const api = anyApi as unknown as {
  courses: {
    /** Take a course; the enrolment's id. Whoever takes it already keeps the enrolment they have. */
    enroll: FunctionReference<"mutation", "public", { courseId: Id<"courses"> }, Id<"enrollments">>;
    /** Give a course up. Raises `NotFound` for one the caller does not take. */
    leave: FunctionReference<"mutation", "public", { courseId: Id<"courses"> }, null>;
    /** The published courses the caller may see, oldest first. */
    list: FunctionReference<"query", "public", Record<string, never>, Doc<"courses">[]>;
  };
  posts: {
    /** Write a post; its id. */
    create: FunctionReference<"mutation", "public", { spaceId: Id<"spaces">; content: string }, Id<"posts">>;
    /** The posts of a space, newest first. */
    feed: FunctionReference<
      "query",
      "public",
      { spaceId: Id<"spaces">; paginationOpts: PaginationOptions },
      PaginationResult<Doc<"posts">>
    >;
    /** Delete a post softly: nobody sees it any more, and nothing is lost. */
    remove: FunctionReference<"mutation", "public", { postId: Id<"posts"> }, null>;
    /**
     * Like a post, or take the like back; whether the caller likes it now.
     *
     * All likes of a post are counted in its one row, so that many likers at once are settled together.
     */
    toggleLike: FunctionReference<"mutation", "public", { postId: Id<"posts"> }, boolean>;
  };
  spaces: {
    /** The spaces the caller may see, in the order the community gave them. */
    list: FunctionReference<"query", "public", Record<string, never>, Doc<"spaces">[]>;
  };
  users: {
    /** The caller's own profile; null for a visitor. */
    me: FunctionReference<"query", "public", Record<string, never>, Doc<"users"> | null>;
    /** Change the caller's name. Their posts and comments follow shortly after. */
    rename: FunctionReference<"mutation", "public", { name: string }, null>;
  };
};

/** The functions that only our own code calls. */
export const internal = anyApi as unknown as Record<string, never>;
