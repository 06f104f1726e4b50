// Generated from the functions in backend/handlers by `folkmoot types write`. Change those, not this.

import { anyApi, type FunctionReference, type PaginationOptions, type PaginationResult } from "convex/server";
import type { Doc, Id, Json } from "./dataModel.ts";

/** The functions that anyone may call. */
export const api = anyApi as unknown as {
  billing: {
    /** End a subscription when what is paid for is over; until then it can be resumed. */
    cancel: FunctionReference<
      "action",
      "public",
      { membershipId: Id<"memberships">; intentId: string },
      null
    >;
    /**
     * Have a subscription be for another price from now on, the difference charged at once.
     *
     * Where that cannot be paid by itself nothing changes until it is, and after a day it never does.
     */
    changePlan: FunctionReference<"action", "public", {
      membershipId: Id<"memberships">;
      priceId: string;
      intentId: string;
    }, { pending: boolean; url: string | null }>;
    /**
     * The address of a page of Stripe's on which the caller subscribes to a price.
     *
     * Raises `AlreadySubscribed` for a price they pay already, and `PriceUnknown` for one that is no tier's.
     */
    checkout: FunctionReference<"action", "public", {
      priceId: string;
      intentId: string;
      successUrl: string;
      cancelUrl: string;
    }, string>;
    /**
     * The caller's membership, the best of those that open something; null for who never had any.
     *
     * It is asked again when the membership changes, also by time alone.
     */
    membership: FunctionReference<
      "query",
      "public",
      Record<string, never>,
      {
        id: string;
        tier: string | null;
        status: string;
        opens: boolean;
        currentPeriodEnd: number | null;
        accessUntil: number | null;
        accessNote: string | null;
      } | null
    >;
    /** The address of Stripe's own page where the caller sees invoices and changes how they pay. */
    portal: FunctionReference<"action", "public", { returnUrl: string }, string>;
    /** Go on with a subscription that was to end, or that stopped for want of a way to pay after its trial. */
    resume: FunctionReference<
      "action",
      "public",
      { membershipId: Id<"memberships">; intentId: string },
      null
    >;
  };
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
export const internal = anyApi as unknown as {
  backend: {
    webhooks: {
      stripeAccounts: {
        /** Have payments go to our own account again. */
        forgetAccount: FunctionReference<"mutation", "internal", { account: string }, null>;
        /** Write down whether the community's account may take payments. */
        writeAccount: FunctionReference<
          "mutation",
          "internal",
          { account: string; chargesEnabled: boolean },
          null
        >;
      };
      stripeEvents: {
        /** Begin to work on an event; None where that is over, begun elsewhere, or has been tried too often. */
        claim: FunctionReference<
          "mutation",
          "internal",
          { event: string },
          {
            id: string;
            account: string;
            livemode: boolean;
            type: string;
            eventId: string;
            objectId: string | null;
            payload: string;
            attempts: number;
          } | null
        >;
        /** Note what an event led to, and tell those concerned: once, whoever else works on it. */
        conclude: FunctionReference<"mutation", "internal", {
          event: string;
          outcome: {
            status?: "done" | "ignored" | "parked";
            note?: string | null;
            customerId?: string | null;
            subscriptionId?: string | null;
            subscriptionStatus?: string | null;
            userId?: string | null;
            notice?: string | null;
            alert?: string | null;
            data?: { [key: string]: Json };
          };
        }, null>;
        /** Note why work on an event failed, and when it is tried again; after `ATTEMPTS_MAX` times never. */
        fail: FunctionReference<"mutation", "internal", {
          claimed: {
            id: string;
            account: string;
            livemode: boolean;
            type: string;
            eventId: string;
            objectId: string | null;
            payload: string;
            attempts: number;
          };
          error: string;
        }, null>;
        /** The events whose time has come, those first that wait longest. */
        findWaiting: FunctionReference<"query", "internal", Record<string, never>, string[]>;
        /** Keep an event and have it worked on; whether it is new. `livemode` is that of our key. */
        receive: FunctionReference<"mutation", "internal", {
          endpoint: "platform" | "connect";
          livemode: boolean;
          envelope: {
            account: string;
            livemode: boolean;
            eventId: string;
            type: string;
            apiVersion: string | null;
            occurredAt: number;
            objectId: string | null;
          };
          payload: string;
        }, boolean>;
        /** Keep several events; how many are new. */
        receiveAll: FunctionReference<"mutation", "internal", {
          endpoint: "platform" | "connect";
          livemode: boolean;
          deliveries: Array<{
            envelope: {
              account: string;
              livemode: boolean;
              eventId: string;
              type: string;
              apiVersion: string | null;
              occurredAt: number;
              objectId: string | null;
            };
            payload: string;
          }>;
        }, number>;
        /** Take up events whose time has come, as many as one look may; how many. */
        wakeWaiting: FunctionReference<"action", "internal", Record<string, never>, number>;
      };
      stripeMemberships: {
        /** Memberships whose access has ended without anybody noting it, whoever wrote that end. */
        findLapsed: FunctionReference<"query", "internal", Record<string, never>, string[]>;
        /** Note that a membership's access has ended by now, so that open pages hear of what rules say already. */
        lapse: FunctionReference<"mutation", "internal", { membershipId: string }, null>;
      };
      stripeMirror: {
        /** The number of a question that is about to be asked; higher than any before it. */
        ask: FunctionReference<"mutation", "internal", {
          place: { account: string; livemode: boolean };
          fenced: "subscription" | "charge";
          id: string;
        }, number>;
        /**
         * Write down whom a customer is, and settle what waited for it; False where they are somebody else.
         *
         * Who they are is said once: a payment link that names another person changes nothing.
         */
        linkCustomer: FunctionReference<"mutation", "internal", {
          place: { account: string; livemode: boolean };
          customerId: string;
          userId: string;
          policy: any;
        }, boolean>;
        /** Derive memberships anew from what is written down; the subscriptions whose ones were wrong. */
        settleAgain: FunctionReference<"mutation", "internal", {
          place: { account: string; livemode: boolean };
          ids: string[];
          policy: any;
        }, string[]>;
        /** Who a customer is here. */
        userOf: FunctionReference<"query", "internal", {
          place: { account: string; livemode: boolean };
          customerId: string;
        }, string | null>;
        /** Have subscriptions looked at again by jobs. */
        wake: FunctionReference<"mutation", "internal", {
          place: { account: string; livemode: boolean };
          ids: string[];
          reason: string;
        }, null>;
        /** Write what Stripe says about a payment, and what follows for the membership it paid. */
        writeCharge: FunctionReference<"mutation", "internal", {
          place: { account: string; livemode: boolean };
          number: number;
          facts: {
            chargeId: string;
            subscriptionId: string;
            periodEnd: number | null;
            isRefunded: boolean;
            disputeStatus: string | null;
            disputedAt: number | null;
          };
          policy: any;
        }, null>;
        /** Write down that a customer is there, or is no more, which ends all they have; who they are. */
        writeCustomer: FunctionReference<"mutation", "internal", {
          place: { account: string; livemode: boolean };
          customerId: string;
          isDeleted: boolean;
          policy: any;
        }, string | null>;
        /** Write that Stripe knows of no such subscription any more: it is over. */
        writeMissing: FunctionReference<"mutation", "internal", {
          place: { account: string; livemode: boolean };
          number: number;
          subscriptionId: string;
          policy: any;
        }, {
          subscriptionId: string;
          customerId: string | null;
          userId: string | null;
          status: string | null;
          tier: string | null;
          changed: boolean;
        }>;
        /** Write what question `number` was answered, unless a later one has been; what is known now. */
        writeSubscription: FunctionReference<"mutation", "internal", {
          place: { account: string; livemode: boolean };
          number: number;
          facts: {
            subscriptionId: string;
            customerId: string;
            customerIsDeleted: boolean;
            namedUsers: string[];
            status:
              | "incomplete"
              | "incomplete_expired"
              | "trialing"
              | "active"
              | "past_due"
              | "canceled"
              | "unpaid"
              | "paused";
            items: Array<{
              id: string;
              priceId: string;
              productId: string | null;
              metadataTier: string | null;
              quantity: number;
              currentPeriodStart: number | null;
              currentPeriodEnd: number | null;
            }>;
            currentPeriodStart: number | null;
            currentPeriodEnd: number | null;
            cancelAt: number | null;
            cancelAtPeriodEnd: boolean;
            trialEnd: number | null;
            pauseCollection: string | null;
            latestInvoiceId: string | null;
            scheduleId: string | null;
            hasPendingUpdate: boolean;
          };
          graceFrom: number | null;
          tiers: any;
          policy: any;
        }, {
          subscriptionId: string;
          customerId: string | null;
          userId: string | null;
          status: string | null;
          tier: string | null;
          changed: boolean;
        }>;
      };
      stripeProjection: {
        /** The subscriptions that have this price, product or customer. */
        findHaving: FunctionReference<"query", "internal", {
          place: { account: string; livemode: boolean };
          what: "price" | "product" | "customer";
          id: string;
        }, string[]>;
        /** Work on an event that is kept; what fails is tried again later. */
        settleEvent: FunctionReference<"action", "internal", { event: string }, null>;
      };
      stripeReconciliation: {
        /** End what a key of the other mode once opened: a tester's purchase is none. */
        endOtherMode: FunctionReference<"mutation", "internal", { livemode: boolean }, null>;
        /** The connected account that the community's payments go to; empty where it is our own. */
        findConnected: FunctionReference<"mutation", "internal", Record<string, never>, string>;
        /** What is written down of some subscriptions. */
        findWritten: FunctionReference<
          "query",
          "internal",
          { place: { account: string; livemode: boolean }; ids: string[] },
          Array<{
            id: string;
            subscriptionId: string;
            status: string | null;
            tier: string | null;
            priceIds: string[];
            currentPeriodEnd: number | null;
            cancelAt: number | null;
            cancelAtPeriodEnd: boolean;
            pauseCollection: string | null;
          }>
        >;
        /** Take up what waits for its time: events, and memberships whose access has ended. */
        keepUp: FunctionReference<"action", "internal", Record<string, never>, null>;
        /** Mend what differs from Stripe; what was found, in words. */
        reconcile: FunctionReference<"action", "internal", Record<string, never>, string>;
        /** What is written down of the next few subscriptions. */
        walkWritten: FunctionReference<
          "query",
          "internal",
          { place: { account: string; livemode: boolean }; after: string },
          Array<{
            id: string;
            subscriptionId: string;
            status: string | null;
            tier: string | null;
            priceIds: string[];
            currentPeriodEnd: number | null;
            cancelAt: number | null;
            cancelAtPeriodEnd: boolean;
            pauseCollection: string | null;
          }>
        >;
      };
    };
  };
  billing: {
    /** The prices that a person pays at this place and goes on paying. */
    findPrices: FunctionReference<
      "query",
      "internal",
      { place: { account: string; livemode: boolean }; userId: string },
      string[]
    >;
    /** Where a person pays now, and as which customer. Only a mutation sees the community's account. */
    findSeat: FunctionReference<"mutation", "internal", { userId: string; livemode: boolean }, {
      place: { account: string; livemode: boolean };
      customerId: string | null;
      customersBefore: number;
      canPay: boolean;
    }>;
    /** The subscription behind a membership of this person; None where it is not theirs, or over. */
    findSubscription: FunctionReference<
      "query",
      "internal",
      { membershipId: string; userId: string },
      {
        subscriptionId: string;
        place: { account: string; livemode: boolean };
      } | null
    >;
  };
};
