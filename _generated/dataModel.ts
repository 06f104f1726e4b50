// Generated from the tables in schema/tables by `folkmoot types write`. Change those, not this.

import type { GenericId } from "convex/values";

/** The names of the tables. */
export type TableNames = keyof Documents;

/** The id of a row of one table: text at run time, a type of its own to the compiler. */
export type Id<TableName extends TableNames> = GenericId<TableName>;

/** A row of one table, as functions return it. */
export type Doc<TableName extends TableNames> = Documents[TableName];

/** Any JSON value. */
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

/** The documents of each table. */
export interface Documents {
  /** One badge that can be earned. What its `criteria` say goes by its `type`. */
  academyAchievements:
    & {
      _id: Id<"academyAchievements">;
      _creationTime: number;
      name: string;
      description: string | null;
      iconUrl: string | null;
      points: number;
      updatedAt: number;
    }
    & (
      | {
        type: "community";
        criteria: { discussions?: number; comments?: number };
      }
      | {
        type: "course_completion";
        criteria: { course_id?: string | null; courses?: number };
      }
      | { type: "special"; criteria: { reason?: string | null } }
      | { type: "streak"; criteria: { days: number } }
    );
  /** One person's attempt at one assessment; `attempt_number` counts theirs from 1. */
  academyAssessmentAttempts: {
    _id: Id<"academyAssessmentAttempts">;
    _creationTime: number;
    userId: Id<"users">;
    assessmentId: Id<"academyAssessments">;
    attemptNumber: number;
    startedAt: number;
    submittedAt: number | null;
    score: number | null;
    passed: boolean | null;
    answers: {
      choices?: { [key: string]: number[] };
      texts?: { [key: string]: string };
      file_urls?: string[];
    };
    feedback: {
      summary?: string | null;
      comments?: { [key: string]: string };
      points?: { [key: string]: number };
    } | null;
    updatedAt: number;
  };
  /** One assessment of a module. */
  academyAssessments: {
    _id: Id<"academyAssessments">;
    _creationTime: number;
    moduleId: Id<"academyModules">;
    title: string;
    type: "quiz" | "project" | "peer_review";
    instructions: {
      text?: string | null;
      questions?: Array<{ id: string; prompt: string; choices?: string[]; points?: number }>;
    };
    answerKey: { choices?: { [key: string]: number[] } } | null;
    passingScore: number;
    maxAttempts: number | null;
    timeLimitMinutes: number | null;
    updatedAt: number;
  };
  /** One certificate of a program or of a course, which it outlives. */
  academyCertificates: {
    _id: Id<"academyCertificates">;
    _creationTime: number;
    userId: Id<"users">;
    programId: Id<"academyPrograms"> | null;
    courseId: Id<"academyCourses"> | null;
    issuedAt: number;
    certificateNumber: string;
    verificationUrl: string | null;
    metadata: {
      grade?: string | null;
      completion_date?: string | null;
      hours?: number | null;
    };
  };
  /** One comment in a discussion, or one reply to a comment: two levels, never more. */
  academyComments: {
    _id: Id<"academyComments">;
    _creationTime: number;
    discussionId: Id<"academyDiscussions">;
    userId: Id<"users">;
    parentId: Id<"academyComments"> | null;
    content: { text: string; format?: "plain" | "markdown" };
    authorName: string | null;
    authorAvatar: string | null;
    isEdited: boolean;
    deletedAt: number | null;
    updatedAt: number;
  };
  /** One thing to read, watch, hear or try. What its `content` holds goes by its `type`. */
  academyContentItems:
    & {
      _id: Id<"academyContentItems">;
      _creationTime: number;
      moduleId: Id<"academyModules">;
      title: string;
      orderIndex: number;
      durationSeconds: number | null;
      updatedAt: number;
    }
    & (
      | {
        type: "audio";
        content: { url: string; transcript?: string | null };
      }
      | {
        type: "document";
        content: { url: string; media_type: string; pages?: number | null };
      }
      | {
        type: "image";
        content: { url: string; alt: string; caption?: string | null };
      }
      | {
        type: "interactive";
        content: { url: string; height_px?: number | null };
      }
      | {
        type: "text";
        content: { text: string; format?: "plain" | "markdown" };
      }
      | {
        type: "video";
        content: {
          url: string;
          transcript?: string | null;
          captions_url?: string | null;
        };
      }
    );
  /** One course of a program. Distinct from the courses of the community, which belong to no program. */
  academyCourses: {
    _id: Id<"academyCourses">;
    _creationTime: number;
    programId: Id<"academyPrograms">;
    slug: string;
    title: string;
    description: string | null;
    orderIndex: number;
    estimatedHours: number | null;
    prerequisites: string[];
    learningObjectives: string[];
    isPublished: boolean;
    contentItemCount: number;
    updatedAt: number;
  };
  /** One question or topic about a course, or about a module of it. */
  academyDiscussions: {
    _id: Id<"academyDiscussions">;
    _creationTime: number;
    moduleId: Id<"academyModules"> | null;
    courseId: Id<"academyCourses"> | null;
    userId: Id<"users">;
    title: string;
    content: { text: string; format?: "plain" | "markdown" };
    authorName: string | null;
    authorAvatar: string | null;
    commentCount: number;
    isPinned: boolean;
    isLocked: boolean;
    deletedAt: number | null;
    updatedAt: number;
  };
  /** One person taking one program, once. */
  academyEnrollments: {
    _id: Id<"academyEnrollments">;
    _creationTime: number;
    userId: Id<"users">;
    programId: Id<"academyPrograms">;
    enrolledAt: number;
    targetCompletionDate: string | null;
    status: "active" | "paused" | "completed" | "dropped";
    contentItemCount: number | null;
    completedItemCount: number;
    completionPercentage: number;
    lastActivityAt: number | null;
    updatedAt: number;
  };
  /** One module of a course: a heading over content, an assessment, or a discussion. */
  academyModules: {
    _id: Id<"academyModules">;
    _creationTime: number;
    courseId: Id<"academyCourses">;
    title: string;
    description: string | null;
    orderIndex: number;
    type: "lesson" | "quiz" | "project" | "discussion";
    estimatedMinutes: number | null;
    isPublished: boolean;
    contentItemCount: number;
    updatedAt: number;
  };
  /** One degree path, made of courses. */
  academyPrograms: {
    _id: Id<"academyPrograms">;
    _creationTime: number;
    slug: string;
    title: string;
    description: string | null;
    overview: {
      headline?: string | null;
      body?: string | null;
      format?: "plain" | "markdown";
      outcomes?: string[];
      video_url?: string | null;
    } | null;
    difficultyLevel: "beginner" | "intermediate" | "advanced";
    estimatedDurationWeeks: number | null;
    thumbnailUrl: string | null;
    isPublished: boolean;
    createdBy: Id<"users"> | null;
    contentItemCount: number;
    updatedAt: number;
  };
  /** One person's way through one content item, within their enrolment. */
  academyProgress: {
    _id: Id<"academyProgress">;
    _creationTime: number;
    userId: Id<"users">;
    contentItemId: Id<"academyContentItems">;
    moduleId: Id<"academyModules">;
    courseId: Id<"academyCourses">;
    programId: Id<"academyPrograms">;
    enrollmentId: Id<"academyEnrollments">;
    startedAt: number;
    completedAt: number | null;
    timeSpentSeconds: number;
    isCompleted: boolean;
    progressData: { [key: string]: Json };
    updatedAt: number;
  };
  /** One person's badge, or how far they are on the way to it: `earned_at` is empty until then. */
  academyUserAchievements: {
    _id: Id<"academyUserAchievements">;
    _creationTime: number;
    userId: Id<"users">;
    achievementId: Id<"academyAchievements">;
    earnedAt: number | null;
    progress: { current?: number; target: number } | null;
    points: number | null;
    updatedAt: number;
  };
  /** One person as a learner, made with the person. */
  academyUsers: {
    _id: Id<"academyUsers">;
    _creationTime: number;
    email: string | null;
    name: string | null;
    avatarUrl: string | null;
    lastLoginAt: number | null;
    isActive: boolean;
    preferredLanguage: string;
    timezone: string;
    updatedAt: number;
  };
  /** One question with four options, seen by whoever sees the assessment. */
  coachingAssessmentQuestions: {
    _id: Id<"coachingAssessmentQuestions">;
    _creationTime: number;
    assessmentId: Id<"coachingAssessments">;
    questionOrder: number;
    question: string;
    optionA: string;
    optionB: string;
    optionC: string;
    optionD: string;
    correctAnswer: number | null;
    explanation: string | null;
    competencyArea: string;
    difficultyWeight: number;
    assessmentLevel:
      | "core-i"
      | "core-ii"
      | "core-iii"
      | "icf-i"
      | "icf-ii"
      | "icf-iii"
      | "ac-i"
      | "ac-ii"
      | "ac-iii"
      | null;
    updatedAt: number;
  };
  /** One test that people may take. `estimated_duration` is in minutes. */
  coachingAssessments: {
    _id: Id<"coachingAssessments">;
    _creationTime: number;
    slug: string;
    title: string;
    description: string | null;
    difficulty: "Beginner" | "Intermediate" | "Advanced" | null;
    estimatedDuration: number | null;
    framework: "core" | "icf" | "ac";
    isActive: boolean;
    updatedAt: number;
  };
  /** What a framework calls a competency. Anyone signed in sees the active ones, moderators all of them. */
  coachingCompetencyDisplayNames: {
    _id: Id<"coachingCompetencyDisplayNames">;
    _creationTime: number;
    competencyKey: string;
    displayName: string;
    framework: "core" | "icf" | "ac";
    isActive: boolean;
    updatedAt: number;
  };
  /** How to build on a competency, for those whose score in it is within a range, both ends included. */
  coachingCompetencyLeverageStrengths: {
    _id: Id<"coachingCompetencyLeverageStrengths">;
    _creationTime: number;
    competencyArea: string;
    leverageText: string;
    scoreRangeMin: number;
    scoreRangeMax: number;
    framework: "core" | "icf" | "ac";
    contextLevel: string;
    priorityOrder: number;
    isActive: boolean;
    updatedAt: number;
  };
  /** One group of learning resources, for those who are weak in any of `competency_areas`. */
  coachingLearningPathCategories: {
    _id: Id<"coachingLearningPathCategories">;
    _creationTime: number;
    categoryTitle: string;
    categoryDescription: string | null;
    categoryIcon: string | null;
    competencyAreas: string[];
    assessmentLevel:
      | "core-i"
      | "core-ii"
      | "core-iii"
      | "icf-i"
      | "icf-ii"
      | "icf-iii"
      | "ac-i"
      | "ac-ii"
      | "ac-iii"
      | null;
    priorityOrder: number;
    isActive: boolean;
    updatedAt: number;
  };
  /** One book, course or other thing to learn from. */
  coachingLearningResources: {
    _id: Id<"coachingLearningResources">;
    _creationTime: number;
    categoryId: Id<"coachingLearningPathCategories">;
    title: string;
    description: string | null;
    resourceType: "book" | "course" | "video" | "article" | "exercise" | "workshop" | "tool" | "assessment";
    url: string | null;
    authorInstructor: string | null;
    competencyAreas: string[];
    assessmentLevel:
      | "core-i"
      | "core-ii"
      | "core-iii"
      | "icf-i"
      | "icf-ii"
      | "icf-iii"
      | "ac-i"
      | "ac-ii"
      | "ac-iii"
      | null;
    isActive: boolean;
    updatedAt: number;
  };
  /** One skill within a competency. Anyone signed in sees the active ones, moderators all of them. */
  coachingSkillTags: {
    _id: Id<"coachingSkillTags">;
    _creationTime: number;
    name: string;
    competencyArea: string;
    framework: "core" | "icf" | "ac";
    sortOrder: number;
    assessmentLevel:
      | "core-i"
      | "core-ii"
      | "core-iii"
      | "icf-i"
      | "icf-ii"
      | "icf-iii"
      | "ac-i"
      | "ac-ii"
      | "ac-iii"
      | null;
    isActive: boolean;
    updatedAt: number;
  };
  /** What to do to get better at one skill: one action each. */
  coachingTagActions: {
    _id: Id<"coachingTagActions">;
    _creationTime: number;
    skillTagId: Id<"coachingSkillTags">;
    actionText: string;
    isActive: boolean;
    updatedAt: number;
  };
  /** What to tell someone who is weak, or strong, in one skill. Seen by whoever sees the skill. */
  coachingTagInsights: {
    _id: Id<"coachingTagInsights">;
    _creationTime: number;
    skillTagId: Id<"coachingSkillTags">;
    insightText: string;
    insightType: "weakness" | "strength";
    contextLevel: string;
    updatedAt: number;
  };
  /** One person's go at one assessment: submitted once `completed_at` is filled, which it is from the start. */
  coachingUserAttempts: {
    _id: Id<"coachingUserAttempts">;
    _creationTime: number;
    userId: Id<"users">;
    assessmentId: Id<"coachingAssessments">;
    score: number;
    timeSpent: number | null;
    completedAt: number | null;
    frontendInsights: { [key: string]: Json } | null;
    insightsGeneratedAt: number | null;
    updatedAt: number;
  };
  /** What one person chose for one question, in one attempt. */
  coachingUserResponses: {
    _id: Id<"coachingUserResponses">;
    _creationTime: number;
    attemptId: Id<"coachingUserAttempts">;
    questionId: Id<"coachingAssessmentQuestions">;
    selectedAnswer: number;
    isCorrect: boolean;
    responseTime: number | null;
  };
  /** One comment on a post, or one reply to a comment: two levels, never more. */
  comments: {
    _id: Id<"comments">;
    _creationTime: number;
    postId: Id<"posts">;
    authorId: Id<"users">;
    parentId: Id<"comments"> | null;
    content: string;
    authorName: string | null;
    authorAvatar: string | null;
    likeCount: number;
    deletedAt: number | null;
    updatedAt: number;
  };
  /** One kind of action, and the points it is worth. Shown to anyone signed in; admins set them. */
  communityActionTypes: {
    _id: Id<"communityActionTypes">;
    _creationTime: number;
    name: string;
    description: string | null;
    points: number;
    updatedAt: number;
  };
  /** How fast one goal was reached, once it is. `learn_rate` is in minutes an hour, rates are percentages. */
  communityGoalMetrics: {
    _id: Id<"communityGoalMetrics">;
    _creationTime: number;
    userGoalHistoryId: Id<"communityUserGoalHistory">;
    learnRate: number | null;
    executionRate: number | null;
    executionPace: "fast" | "steady" | "slow" | null;
    ranking: number | null;
    daysToComplete: number | null;
    updatedAt: number;
  };
  /** One person's like of one post; a second one is refused. */
  communityPostLikes: {
    _id: Id<"communityPostLikes">;
    _creationTime: number;
    postId: Id<"communityPosts">;
    userId: Id<"users">;
  };
  /** One answer to a post. Replies are not answered in turn. */
  communityPostReplies: {
    _id: Id<"communityPostReplies">;
    _creationTime: number;
    postId: Id<"communityPosts">;
    authorId: Id<"users">;
    content: string;
    deletedAt: number | null;
    updatedAt: number;
  };
  /** One post in the feed that all who have joined share. */
  communityPosts: {
    _id: Id<"communityPosts">;
    _creationTime: number;
    authorId: Id<"users">;
    content: string;
    isPinned: boolean;
    likesCount: number;
    repliesCount: number;
    deletedAt: number | null;
    updatedAt: number;
  };
  /** What a person is after right now: their track, and the goal on it. */
  communityProfiles: {
    _id: Id<"communityProfiles">;
    _creationTime: number;
    currentTrackId: Id<"communityTracks"> | null;
    currentGoalId: Id<"communityTrackGoals"> | null;
    updatedAt: number;
  };
  /** One download of a resource, by a person or by a guest who left an address. */
  communityResourceDownloads: {
    _id: Id<"communityResourceDownloads">;
    _creationTime: number;
    resourceId: Id<"communityResources">;
    userId: Id<"users"> | null;
    email: string | null;
    downloadedAt: number;
    ipAddress: string | null;
    userAgent: string | null;
  };
  /** What one person thinks of one resource, once: stars, and a review if they like. */
  communityResourceRatings: {
    _id: Id<"communityResourceRatings">;
    _creationTime: number;
    resourceId: Id<"communityResources">;
    userId: Id<"users">;
    rating: number;
    review: string | null;
    updatedAt: number;
  };
  /** One file to take along. */
  communityResources: {
    access: "free" | "member-only";
    _id: Id<"communityResources">;
    _creationTime: number;
    title: string;
    description: string;
    type: "template" | "guide" | "checklist" | "video" | "course" | "tool";
    category: "client-acquisition" | "development" | "business" | "templates" | "marketing";
    fileUrl: string | null;
    fileSize: string | null;
    format: string;
    difficulty: "beginner" | "intermediate" | "advanced" | null;
    tags: string[];
    downloadCount: number;
    rating: number | null;
    isPopular: boolean;
    isNew: boolean;
    publishedAt: number | null;
    deletedAt: number | null;
    updatedAt: number;
  };
  /** The settings of the community: at most one row, since `scope` has one value and is unique. */
  communitySettings: {
    _id: Id<"communitySettings">;
    _creationTime: number;
    scope: "community";
    name: string;
    logoStorageId: string | null;
    primaryColor: string | null;
    customDomain: string | null;
    stripeConnectedAccountId: string | null;
    stripeChargesEnabled: boolean | null;
    updatedAt: number;
  };
  /** One goal of a track. Shown to anyone signed in; admins set them. */
  communityTrackGoals: {
    _id: Id<"communityTrackGoals">;
    _creationTime: number;
    trackId: Id<"communityTracks">;
    title: string;
    description: string | null;
    order: number;
    updatedAt: number;
  };
  /** One way through the community, made of goals. Shown to anyone signed in; admins lay them out. */
  communityTracks: {
    _id: Id<"communityTracks">;
    _creationTime: number;
    name: string;
    description: string | null;
    order: number;
    updatedAt: number;
  };
  /** One thing somebody did, for a goal or for its own sake. */
  communityUserActions: {
    _id: Id<"communityUserActions">;
    _creationTime: number;
    userId: Id<"users">;
    actionTypeId: Id<"communityActionTypes">;
    goalId: Id<"communityTrackGoals"> | null;
    courseId: Id<"courses"> | null;
    title: string | null;
    description: string | null;
    details: string | null;
    points: number | null;
    metadata: { [key: string]: Json };
    actionDate: number;
    updatedAt: number;
  };
  /** One person's pursuit of one goal, from its start; a goal may be taken up again later. */
  communityUserGoalHistory: {
    _id: Id<"communityUserGoalHistory">;
    _creationTime: number;
    userId: Id<"users">;
    goalId: Id<"communityTrackGoals">;
    status: "active" | "completed" | "paused";
    progress: number;
    startedAt: number;
    completedAt: number | null;
    pausedAt: number | null;
    updatedAt: number;
  };
  /** One person in one conversation. */
  conversationParticipants: {
    _id: Id<"conversationParticipants">;
    _creationTime: number;
    conversationId: Id<"conversations">;
    userId: Id<"users">;
    unreadCount: number;
    updatedAt: number;
  };
  /** One private conversation of two or more people. Nobody else sees it, moderators included. */
  conversations: {
    _id: Id<"conversations">;
    _creationTime: number;
    startedBy: Id<"users"> | null;
    participantIds: Id<"users">[];
    lastMessageAt: number | null;
    lastMessagePreview: string | null;
  };
  /** One course of the catalogue. */
  courses: {
    _id: Id<"courses">;
    _creationTime: number;
    title: string;
    description: string | null;
    thumbnail: string | null;
    visibility: "public" | "members" | "paid";
    requiredTier: string | null;
    status: "draft" | "published";
    enrollmentCount: number;
    lessonCount: number;
    updatedAt: number;
  };
  /** One person taking one course, once. */
  enrollments: {
    _id: Id<"enrollments">;
    _creationTime: number;
    courseId: Id<"courses">;
    userId: Id<"users">;
    lastLessonId: Id<"lessons"> | null;
    lessonCount: number | null;
    completedLessonCount: number;
    completionPercentage: number;
    completedAt: number | null;
    updatedAt: number;
  };
  /** One event, or a series of them where `recurrence` says how it repeats. */
  events: {
    _id: Id<"events">;
    _creationTime: number;
    title: string;
    description: string | null;
    startTime: number;
    endTime: number | null;
    timezone: string;
    location: string | null;
    visibility: "public" | "members" | "paid";
    requiredTier: string | null;
    capacity: number | null;
    recurrence: {
      freq: "DAILY" | "WEEKLY" | "MONTHLY" | "YEARLY";
      interval?: number;
      count?: number | null;
      until?: number | null;
      byday?: string[] | null;
      bymonthday?: number[] | null;
      bymonth?: number[] | null;
      bysetpos?: Array<1 | 2 | 3 | 4 | 5 | -1 | -2> | null;
      wkst?: "MO" | "TU" | "WE" | "TH" | "FR" | "SA" | "SU";
    } | null;
    goingCount: number;
    maybeCount: number;
    waitlistCount: number;
    canceledAt: number | null;
    updatedAt: number;
  };
  /** One person following another, seen by anyone signed in. */
  follows: {
    _id: Id<"follows">;
    _creationTime: number;
    followerId: Id<"users">;
    followingId: Id<"users">;
  };
  /** How many points one `action` earns. Everyone may know the rules of the game; admins set them. */
  gamificationConfig: {
    _id: Id<"gamificationConfig">;
    _creationTime: number;
    action: string;
    pointValue: number;
    updatedAt: number;
  };
  /** How much one person has not read yet. Theirs alone to see, and made with the person. */
  inboxes: {
    _id: Id<"inboxes">;
    _creationTime: number;
    unreadNotificationCount: number;
    unreadMessageCount: number;
  };
  /** One lesson that one enrolled person has opened; completed once `completed_at` says when. */
  lessonProgress: {
    _id: Id<"lessonProgress">;
    _creationTime: number;
    enrollmentId: Id<"enrollments">;
    userId: Id<"users">;
    courseId: Id<"courses">;
    lessonId: Id<"lessons">;
    completedAt: number | null;
    updatedAt: number;
  };
  /** One lesson of a module, in the order of `order`. */
  lessons: {
    _id: Id<"lessons">;
    _creationTime: number;
    courseId: Id<"courses">;
    moduleId: Id<"modules">;
    title: string;
    content: string | null;
    videoUrl: string | null;
    attachments: Array<{
      name: string;
      path: string;
      type?: string | null;
      size?: number | null;
    }>;
    freePreview: boolean;
    order: number;
    updatedAt: number;
  };
  /** One level, reached with `threshold` points; `order` is its number. Known to everyone, set by admins. */
  levels: {
    _id: Id<"levels">;
    _creationTime: number;
    name: string;
    threshold: number;
    order: number;
    color: string;
    updatedAt: number;
  };
  /** One person's like of one post or comment; a second one is refused. */
  likes:
    & { _id: Id<"likes">; _creationTime: number; userId: Id<"users"> }
    & (
      | { targetType: "comment"; targetId: Id<"comments"> }
      | { targetType: "post"; targetId: Id<"posts"> }
    );
  /** One subscription of one person, as Stripe last described it. */
  memberships: {
    _id: Id<"memberships">;
    _creationTime: number;
    userId: Id<"users">;
    tier: string | null;
    tierRank: number;
    stripeCustomerId: string | null;
    stripeSubscriptionId: string | null;
    status:
      | "incomplete"
      | "incomplete_expired"
      | "trialing"
      | "active"
      | "past_due"
      | "canceled"
      | "unpaid"
      | "paused";
    currentPeriodEnd: number | null;
    accessUntil: number | null;
    accessNote: string | null;
    lapsedAt: number | null;
    updatedAt: number;
  };
  /** One message as it waits for, and was read by, one person it was sent to. */
  messageReceipts: {
    _id: Id<"messageReceipts">;
    _creationTime: number;
    messageId: Id<"messages">;
    conversationId: Id<"conversations">;
    participantId: Id<"conversationParticipants">;
    userId: Id<"users">;
    readAt: number | null;
    updatedAt: number;
  };
  /** One message in a conversation, read and written by its participants only. */
  messages: {
    _id: Id<"messages">;
    _creationTime: number;
    conversationId: Id<"conversations">;
    senderId: Id<"users">;
    content: string;
    senderName: string | null;
    readAt: number | null;
  };
  /** One part of a course, in the order of `order`; lessons stand in modules. */
  modules: {
    _id: Id<"modules">;
    _creationTime: number;
    courseId: Id<"courses">;
    title: string;
    order: number;
    lessonCount: number;
    updatedAt: number;
  };
  /** One thing that one person is told: that `actor_id` did something which concerns them. */
  notifications: {
    _id: Id<"notifications">;
    _creationTime: number;
    userId: Id<"users">;
    type:
      | "post"
      | "comment"
      | "reply"
      | "like"
      | "mention"
      | "follow"
      | "message"
      | "event"
      | "course"
      | "level"
      | "report"
      | "billing";
    actorId: Id<"users"> | null;
    actorName: string | null;
    data: { [key: string]: Json };
    read: boolean;
    updatedAt: number;
  };
  /** One time that one person was given points for one `action`, or lost them where `amount` is negative. */
  points: {
    _id: Id<"points">;
    _creationTime: number;
    userId: Id<"users">;
    action: string;
    amount: number;
    referenceType: "post" | "comment" | "like" | "lesson" | "course" | "event" | "follow" | "user" | null;
    referenceId: string | null;
  };
  /** One post in a space's feed. */
  posts: {
    _id: Id<"posts">;
    _creationTime: number;
    spaceId: Id<"spaces">;
    authorId: Id<"users">;
    content: string;
    authorName: string | null;
    authorAvatar: string | null;
    likeCount: number;
    commentCount: number;
    deletedAt: number | null;
    updatedAt: number;
  };
  /** One person's report of one post, comment or person; a second one of the same is refused. */
  reports:
    & {
      _id: Id<"reports">;
      _creationTime: number;
      reporterId: Id<"users">;
      reason: string;
      status: "open" | "resolved" | "dismissed";
      resolvedAt: number | null;
      resolvedBy: Id<"users"> | null;
      updatedAt: number;
    }
    & (
      | { targetType: "comment"; targetId: Id<"comments"> }
      | { targetType: "post"; targetId: Id<"posts"> }
      | { targetType: "user"; targetId: Id<"users"> }
    );
  /** One person's answer to one event. */
  rsvps: {
    _id: Id<"rsvps">;
    _creationTime: number;
    eventId: Id<"events">;
    userId: Id<"users">;
    status: "going" | "maybe" | "not_going" | "waitlist";
    updatedAt: number;
  };
  /** When one person last looked at one space: posts since then are new to them. */
  spaceVisits: {
    _id: Id<"spaceVisits">;
    _creationTime: number;
    userId: Id<"users">;
    spaceId: Id<"spaces">;
    lastVisitedAt: number;
    updatedAt: number;
  };
  /** One place for discussion; everything posted in it is seen by whoever sees the space. */
  spaces: {
    _id: Id<"spaces">;
    _creationTime: number;
    name: string;
    description: string | null;
    icon: string | null;
    visibility: "public" | "members" | "paid";
    postPermission: "all" | "moderators" | "admins";
    requiredTier: string | null;
    order: number;
    deletedAt: number | null;
    updatedAt: number;
  };
  /** One payment of a subscription that was refunded or disputed. */
  stripeCharges: {
    _id: Id<"stripeCharges">;
    _creationTime: number;
    account: string;
    livemode: boolean;
    chargeId: string;
    asked: number;
    answered: number;
    subscriptionId: string | null;
    periodEnd: number | null;
    refundedAt: number | null;
    disputeStatus: string | null;
    disputedAt: number | null;
    updatedAt: number;
  };
  /** One customer, and who that is here. A person may have had several. */
  stripeCustomers: {
    _id: Id<"stripeCustomers">;
    _creationTime: number;
    account: string;
    livemode: boolean;
    customerId: string;
    userId: Id<"users"> | null;
    goneAt: number | null;
    updatedAt: number;
  };
  /** One event, as Stripe delivered it, and what became of it. */
  stripeEvents: {
    _id: Id<"stripeEvents">;
    _creationTime: number;
    account: string;
    livemode: boolean;
    eventId: string;
    type: string;
    apiVersion: string | null;
    occurredAt: number;
    objectId: string | null;
    payload: string;
    status: "pending" | "done" | "ignored" | "parked" | "failed" | "dead";
    attempts: number;
    lastError: string | null;
    note: string | null;
    nextAt: number | null;
    customerId: string | null;
    subscriptionId: string | null;
    updatedAt: number;
  };
  /** One subscription, as Stripe described it when it was last asked. A canceled one stays for the record. */
  stripeSubscriptions: {
    _id: Id<"stripeSubscriptions">;
    _creationTime: number;
    account: string;
    livemode: boolean;
    subscriptionId: string;
    asked: number;
    answered: number;
    customerId: string | null;
    userId: Id<"users"> | null;
    status:
      | "incomplete"
      | "incomplete_expired"
      | "trialing"
      | "active"
      | "past_due"
      | "canceled"
      | "unpaid"
      | "paused"
      | null;
    tier: string | null;
    tierRank: number;
    priceIds: string[];
    productIds: string[];
    items: Json[];
    currentPeriodStart: number | null;
    currentPeriodEnd: number | null;
    cancelAt: number | null;
    cancelAtPeriodEnd: boolean;
    trialEnd: number | null;
    pauseCollection: string | null;
    graceFrom: number | null;
    latestInvoiceId: string | null;
    scheduleId: string | null;
    hasPendingUpdate: boolean;
    updatedAt: number;
  };
  /** One thing that one person has published; `content_id` is the client's own id of it. */
  trackerContentItems: {
    _id: Id<"trackerContentItems">;
    _creationTime: number;
    userId: Id<"users">;
    contentId: string;
    title: string;
    platform: string;
    contentType: string;
    publishedDate: string;
    updatedAt: number;
  };
  /** How one published thing stood on one day. */
  trackerContentMetrics: {
    _id: Id<"trackerContentMetrics">;
    _creationTime: number;
    userId: Id<"users">;
    contentId: string;
    metricDate: string;
    views: number;
    likes: number;
    shares: number;
    comments: number;
    subscribers: number;
    revenue: number;
    swipeRate: number | null;
    updatedAt: number;
  };
  /** Where one person stands financially: monthly recurring revenue, and net worth. One row each. */
  trackerFinancialMetrics: {
    _id: Id<"trackerFinancialMetrics">;
    _creationTime: number;
    userId: Id<"users">;
    mrr: number;
    netWorth: number;
    updatedAt: number;
  };
  /** One goal of one person for a year, followed month by month. */
  trackerGoals: {
    _id: Id<"trackerGoals">;
    _creationTime: number;
    userId: Id<"users">;
    goalId: string;
    name: string;
    yearlyTarget: number;
    unit: string;
    category: "professional" | "fitness" | "financial" | "personal";
    isNumeric: boolean;
    monthly: { [key: string]: Json };
    monthlyTargets: { [key: string]: Json };
    currentTotal: number;
    progressPct: number;
    updatedAt: number;
  };
  /** One board of one person. */
  trackerKanbanBoards: {
    _id: Id<"trackerKanbanBoards">;
    _creationTime: number;
    userId: Id<"users">;
    boardId: string;
    name: string;
    description: string | null;
    updatedAt: number;
  };
  /** One column of a board, from left to right by `position`. */
  trackerKanbanColumns: {
    _id: Id<"trackerKanbanColumns">;
    _creationTime: number;
    userId: Id<"users">;
    boardId: string;
    columnId: string;
    title: string;
    color: string;
    position: number;
    updatedAt: number;
  };
  /** One task in a column of a board. */
  trackerKanbanTasks: {
    _id: Id<"trackerKanbanTasks">;
    _creationTime: number;
    userId: Id<"users">;
    boardId: string;
    taskId: string;
    columnId: string;
    title: string;
    description: string | null;
    assignee: string | null;
    priority: "low" | "medium" | "high" | "urgent";
    dueDate: string | null;
    labels: Json[];
    timeSpent: number;
    position: number;
    isDeleted: boolean;
    deletedAt: number | null;
    updatedAt: number;
  };
  /** Everything one person measured on one day; `data` is theirs to arrange. */
  trackerMetrics: {
    _id: Id<"trackerMetrics">;
    _creationTime: number;
    userId: Id<"users">;
    date: string;
    data: { [key: string]: Json };
    updatedAt: number;
  };
  /** One figure of one platform, of a week or of no particular time. */
  trackerPlatformMetrics: {
    _id: Id<"trackerPlatformMetrics">;
    _creationTime: number;
    userId: Id<"users">;
    platform: string;
    metricName: string;
    metricValue: number;
    weekKey: string | null;
    updatedAt: number;
  };
  /** One plan of one person, with its milestones in `data`. */
  trackerRoadmaps: {
    _id: Id<"trackerRoadmaps">;
    _creationTime: number;
    userId: Id<"users">;
    roadmapId: string;
    data: { [key: string]: Json };
    updatedAt: number;
  };
  /** How far one person has come with one skill, on a scale of their own. */
  trackerSkillProgression: {
    _id: Id<"trackerSkillProgression">;
    _creationTime: number;
    userId: Id<"users">;
    skillId: string;
    skillName: string;
    category: string;
    currentLevel: number;
    targetLevel: number;
    progressData: { [key: string]: Json };
    updatedAt: number;
  };
  /** One cycle of 21 days on and 7 days off. */
  trackerSprints: {
    _id: Id<"trackerSprints">;
    _creationTime: number;
    userId: Id<"users">;
    sprintId: string | null;
    startDate: string;
    status: "planned" | "active" | "completed";
    updatedAt: number;
  };
  /** One setting of one person's integrations, such as a token of theirs for another service. */
  trackerUserConfigs: {
    _id: Id<"trackerUserConfigs">;
    _creationTime: number;
    userId: Id<"users">;
    configKey: string;
    configValue: { [key: string]: Json };
    updatedAt: number;
  };
  /** One key figure that one person follows. */
  trackerUserKpis: {
    _id: Id<"trackerUserKpis">;
    _creationTime: number;
    userId: Id<"users">;
    kpiId: string;
    name: string;
    target: number;
    minTarget: number | null;
    unit: string;
    category: string;
    color: string;
    isActive: boolean;
    sortOrder: number;
    isAverage: boolean;
    isReverseScoring: boolean;
    updatedAt: number;
  };
  /** One person as the tracker knows them, made when they first open it and choose a `username`. */
  trackerUserProfiles: {
    _id: Id<"trackerUserProfiles">;
    _creationTime: number;
    username: string;
    displayName: string | null;
    isAdmin: boolean;
    userPreferences: { [key: string]: Json };
    updatedAt: number;
  };
  /** One figure of one platform in one week, over all that one person published there. */
  trackerWeeklyContentMetrics: {
    _id: Id<"trackerWeeklyContentMetrics">;
    _creationTime: number;
    userId: Id<"users">;
    weekKey: string;
    platform: string;
    metricType: string;
    metricValue: number;
    updatedAt: number;
  };
  /** One key figure of one week, as it was called and aimed at in that week. */
  trackerWeeklyKpiEntries: {
    _id: Id<"trackerWeeklyKpiEntries">;
    _creationTime: number;
    userId: Id<"users">;
    weekKey: string;
    kpiId: string;
    name: string;
    currentValue: number;
    targetValue: number;
    minTargetValue: number | null;
    unit: string;
    category: string;
    color: string;
    isCompleted: boolean;
    completionRate: number;
    updatedAt: number;
  };
  /** All key figures of one person's week, in `data` as their client adds them up. */
  trackerWeeklyKpis: {
    _id: Id<"trackerWeeklyKpis">;
    _creationTime: number;
    userId: Id<"users">;
    weekKey: string;
    data: { [key: string]: Json };
    updatedAt: number;
  };
  /** One person: what the community knows of an account. */
  users: {
    _id: Id<"users">;
    _creationTime: number;
    name: string;
    bio: string | null;
    avatarUrl: string | null;
    avatarStorageId: string | null;
    visibility: "public" | "private";
    role: "admin" | "moderator" | "member";
    points: number;
    level: number;
    followerCount: number;
    followingCount: number;
    notificationPrefs: { [key: string]: Json };
    updatedAt: number;
  };
}
