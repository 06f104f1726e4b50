// Generated from the database that supabase/migrations builds by `folkmoot types write`. Change those, not this.

export type Json =
  | string
  | number
  | boolean
  | null
  | { [key: string]: Json | undefined }
  | Json[];

export type Database = {
  // Allows to automatically instantiate createClient with right options
  // instead of createClient<Database, { PostgrestVersion: 'XX' }>(URL, KEY)
  __InternalSupabase: {
    PostgrestVersion: "14";
  };
  academy: {
    Tables: {
      achievements: {
        Row: {
          created_at: string;
          criteria: NonNullable<Json>;
          description: string | null;
          icon_url: string | null;
          id: string;
          name: string;
          points: number;
          type: string;
          updated_at: string;
        };
        Insert: {
          created_at?: string;
          criteria: NonNullable<Json>;
          description?: string | null;
          icon_url?: string | null;
          id?: string;
          name: string;
          points?: number;
          type: string;
          updated_at?: string;
        };
        Update: {
          created_at?: string;
          criteria?: NonNullable<Json>;
          description?: string | null;
          icon_url?: string | null;
          id?: string;
          name?: string;
          points?: number;
          type?: string;
          updated_at?: string;
        };
        Relationships: [];
      };
      assessment_attempts: {
        Row: {
          answers: NonNullable<Json>;
          assessment_id: string;
          attempt_number: number;
          created_at: string;
          feedback: Json | null;
          id: string;
          passed: boolean | null;
          score: number | null;
          started_at: string;
          submitted_at: string | null;
          updated_at: string;
          user_id: string;
        };
        Insert: {
          answers?: NonNullable<Json>;
          assessment_id: string;
          attempt_number?: number;
          created_at?: string;
          feedback?: Json | null;
          id?: string;
          passed?: boolean | null;
          score?: number | null;
          started_at?: string;
          submitted_at?: string | null;
          updated_at?: string;
          user_id: string;
        };
        Update: {
          answers?: NonNullable<Json>;
          assessment_id?: string;
          attempt_number?: number;
          created_at?: string;
          feedback?: Json | null;
          id?: string;
          passed?: boolean | null;
          score?: number | null;
          started_at?: string;
          submitted_at?: string | null;
          updated_at?: string;
          user_id?: string;
        };
        Relationships: [
          {
            foreignKeyName: "assessment_attempts_assessment_id_fkey";
            columns: ["assessment_id"];
            isOneToOne: false;
            referencedRelation: "assessments";
            referencedColumns: ["id"];
          },
        ];
      };
      assessments: {
        Row: {
          answer_key: NonNullable<Json>;
          created_at: string;
          id: string;
          instructions: NonNullable<Json>;
          max_attempts: number | null;
          module_id: string;
          passing_score: number;
          time_limit_minutes: number | null;
          title: string;
          type: string;
          updated_at: string;
        };
        Insert: {
          answer_key: NonNullable<Json>;
          created_at?: string;
          id?: string;
          instructions?: NonNullable<Json>;
          max_attempts?: number | null;
          module_id: string;
          passing_score?: number;
          time_limit_minutes?: number | null;
          title: string;
          type?: string;
          updated_at?: string;
        };
        Update: {
          answer_key?: NonNullable<Json>;
          created_at?: string;
          id?: string;
          instructions?: NonNullable<Json>;
          max_attempts?: number | null;
          module_id?: string;
          passing_score?: number;
          time_limit_minutes?: number | null;
          title?: string;
          type?: string;
          updated_at?: string;
        };
        Relationships: [
          {
            foreignKeyName: "assessments_module_id_fkey";
            columns: ["module_id"];
            isOneToOne: false;
            referencedRelation: "modules";
            referencedColumns: ["id"];
          },
        ];
      };
      certificates: {
        Row: {
          certificate_number: string;
          course_id: string | null;
          created_at: string;
          id: string;
          issued_at: string;
          metadata: NonNullable<Json>;
          program_id: string | null;
          user_id: string;
          verification_url: string | null;
        };
        Insert: {
          certificate_number: string;
          course_id?: string | null;
          created_at?: string;
          id?: string;
          issued_at?: string;
          metadata?: NonNullable<Json>;
          program_id?: string | null;
          user_id: string;
          verification_url?: string | null;
        };
        Update: {
          certificate_number?: string;
          course_id?: string | null;
          created_at?: string;
          id?: string;
          issued_at?: string;
          metadata?: NonNullable<Json>;
          program_id?: string | null;
          user_id?: string;
          verification_url?: string | null;
        };
        Relationships: [
          {
            foreignKeyName: "certificates_course_id_fkey";
            columns: ["course_id"];
            isOneToOne: false;
            referencedRelation: "courses";
            referencedColumns: ["id"];
          },
          {
            foreignKeyName: "certificates_program_id_fkey";
            columns: ["program_id"];
            isOneToOne: false;
            referencedRelation: "programs";
            referencedColumns: ["id"];
          },
        ];
      };
      comments: {
        Row: {
          author_avatar: string | null;
          author_name: string | null;
          content: NonNullable<Json>;
          created_at: string;
          deleted_at: string | null;
          discussion_id: string;
          id: string;
          is_edited: boolean;
          parent_id: string | null;
          updated_at: string;
          user_id: string;
        };
        Insert: {
          author_avatar?: never;
          author_name?: never;
          content: NonNullable<Json>;
          created_at?: string;
          deleted_at?: string | null;
          discussion_id: string;
          id?: string;
          is_edited?: boolean;
          parent_id?: string | null;
          updated_at?: string;
          user_id: string;
        };
        Update: {
          author_avatar?: never;
          author_name?: never;
          content?: NonNullable<Json>;
          created_at?: string;
          deleted_at?: string | null;
          discussion_id?: string;
          id?: string;
          is_edited?: boolean;
          parent_id?: string | null;
          updated_at?: string;
          user_id?: string;
        };
        Relationships: [
          {
            foreignKeyName: "comments_discussion_id_fkey";
            columns: ["discussion_id"];
            isOneToOne: false;
            referencedRelation: "discussions";
            referencedColumns: ["id"];
          },
          {
            foreignKeyName: "comments_parent_id_fkey";
            columns: ["parent_id"];
            isOneToOne: false;
            referencedRelation: "comments";
            referencedColumns: ["id"];
          },
        ];
      };
      content_items: {
        Row: {
          content: NonNullable<Json>;
          created_at: string;
          duration_seconds: number | null;
          id: string;
          module_id: string;
          order_index: number;
          title: string;
          type: string;
          updated_at: string;
        };
        Insert: {
          content: NonNullable<Json>;
          created_at?: string;
          duration_seconds?: number | null;
          id?: string;
          module_id: string;
          order_index?: number;
          title: string;
          type: string;
          updated_at?: string;
        };
        Update: {
          content?: NonNullable<Json>;
          created_at?: string;
          duration_seconds?: number | null;
          id?: string;
          module_id?: string;
          order_index?: number;
          title?: string;
          type?: string;
          updated_at?: string;
        };
        Relationships: [
          {
            foreignKeyName: "content_items_module_id_fkey";
            columns: ["module_id"];
            isOneToOne: false;
            referencedRelation: "modules";
            referencedColumns: ["id"];
          },
        ];
      };
      courses: {
        Row: {
          content_item_count: number;
          created_at: string;
          description: string | null;
          estimated_hours: number | null;
          id: string;
          is_published: boolean;
          learning_objectives: string[];
          order_index: number;
          prerequisites: string[];
          program_id: string;
          slug: string;
          title: string;
          updated_at: string;
        };
        Insert: {
          content_item_count?: never;
          created_at?: string;
          description?: string | null;
          estimated_hours?: number | null;
          id?: string;
          is_published?: boolean;
          learning_objectives?: string[];
          order_index?: number;
          prerequisites?: string[];
          program_id: string;
          slug: string;
          title: string;
          updated_at?: string;
        };
        Update: {
          content_item_count?: never;
          created_at?: string;
          description?: string | null;
          estimated_hours?: number | null;
          id?: string;
          is_published?: boolean;
          learning_objectives?: string[];
          order_index?: number;
          prerequisites?: string[];
          program_id?: string;
          slug?: string;
          title?: string;
          updated_at?: string;
        };
        Relationships: [
          {
            foreignKeyName: "courses_program_id_fkey";
            columns: ["program_id"];
            isOneToOne: false;
            referencedRelation: "programs";
            referencedColumns: ["id"];
          },
        ];
      };
      discussions: {
        Row: {
          author_avatar: string | null;
          author_name: string | null;
          comment_count: number;
          content: NonNullable<Json>;
          course_id: string | null;
          created_at: string;
          deleted_at: string | null;
          id: string;
          is_locked: boolean;
          is_pinned: boolean;
          module_id: string | null;
          title: string;
          updated_at: string;
          user_id: string;
        };
        Insert: {
          author_avatar?: never;
          author_name?: never;
          comment_count?: never;
          content: NonNullable<Json>;
          course_id?: string | null;
          created_at?: string;
          deleted_at?: string | null;
          id?: string;
          is_locked?: boolean;
          is_pinned?: boolean;
          module_id?: string | null;
          title: string;
          updated_at?: string;
          user_id: string;
        };
        Update: {
          author_avatar?: never;
          author_name?: never;
          comment_count?: never;
          content?: NonNullable<Json>;
          course_id?: string | null;
          created_at?: string;
          deleted_at?: string | null;
          id?: string;
          is_locked?: boolean;
          is_pinned?: boolean;
          module_id?: string | null;
          title?: string;
          updated_at?: string;
          user_id?: string;
        };
        Relationships: [
          {
            foreignKeyName: "discussions_course_id_fkey";
            columns: ["course_id"];
            isOneToOne: false;
            referencedRelation: "courses";
            referencedColumns: ["id"];
          },
          {
            foreignKeyName: "discussions_module_id_course_id_fkey";
            columns: ["module_id", "course_id"];
            isOneToOne: false;
            referencedRelation: "modules";
            referencedColumns: ["id", "course_id"];
          },
          {
            foreignKeyName: "discussions_module_id_fkey";
            columns: ["module_id"];
            isOneToOne: false;
            referencedRelation: "modules";
            referencedColumns: ["id"];
          },
        ];
      };
      enrollments: {
        Row: {
          completed_item_count: number;
          completion_percentage: number;
          content_item_count: number | null;
          created_at: string;
          enrolled_at: string;
          id: string;
          last_activity_at: string | null;
          program_id: string;
          status: string;
          target_completion_date: string | null;
          updated_at: string;
          user_id: string;
        };
        Insert: {
          completed_item_count?: never;
          completion_percentage?: never;
          content_item_count?: never;
          created_at?: string;
          enrolled_at?: string;
          id?: string;
          last_activity_at?: never;
          program_id: string;
          status?: string;
          target_completion_date?: string | null;
          updated_at?: string;
          user_id: string;
        };
        Update: {
          completed_item_count?: never;
          completion_percentage?: never;
          content_item_count?: never;
          created_at?: string;
          enrolled_at?: string;
          id?: string;
          last_activity_at?: never;
          program_id?: string;
          status?: string;
          target_completion_date?: string | null;
          updated_at?: string;
          user_id?: string;
        };
        Relationships: [
          {
            foreignKeyName: "enrollments_program_id_fkey";
            columns: ["program_id"];
            isOneToOne: false;
            referencedRelation: "programs";
            referencedColumns: ["id"];
          },
        ];
      };
      modules: {
        Row: {
          content_item_count: number;
          course_id: string;
          created_at: string;
          description: string | null;
          estimated_minutes: number | null;
          id: string;
          is_published: boolean;
          order_index: number;
          title: string;
          type: string;
          updated_at: string;
        };
        Insert: {
          content_item_count?: never;
          course_id: string;
          created_at?: string;
          description?: string | null;
          estimated_minutes?: number | null;
          id?: string;
          is_published?: boolean;
          order_index?: number;
          title: string;
          type?: string;
          updated_at?: string;
        };
        Update: {
          content_item_count?: never;
          course_id?: string;
          created_at?: string;
          description?: string | null;
          estimated_minutes?: number | null;
          id?: string;
          is_published?: boolean;
          order_index?: number;
          title?: string;
          type?: string;
          updated_at?: string;
        };
        Relationships: [
          {
            foreignKeyName: "modules_course_id_fkey";
            columns: ["course_id"];
            isOneToOne: false;
            referencedRelation: "courses";
            referencedColumns: ["id"];
          },
        ];
      };
      programs: {
        Row: {
          content_item_count: number;
          created_at: string;
          created_by: string | null;
          description: string | null;
          difficulty_level: string;
          estimated_duration_weeks: number | null;
          id: string;
          is_published: boolean;
          overview: Json | null;
          slug: string;
          thumbnail_url: string | null;
          title: string;
          updated_at: string;
        };
        Insert: {
          content_item_count?: never;
          created_at?: string;
          created_by?: string | null;
          description?: string | null;
          difficulty_level?: string;
          estimated_duration_weeks?: number | null;
          id?: string;
          is_published?: boolean;
          overview?: Json | null;
          slug: string;
          thumbnail_url?: string | null;
          title: string;
          updated_at?: string;
        };
        Update: {
          content_item_count?: never;
          created_at?: string;
          created_by?: string | null;
          description?: string | null;
          difficulty_level?: string;
          estimated_duration_weeks?: number | null;
          id?: string;
          is_published?: boolean;
          overview?: Json | null;
          slug?: string;
          thumbnail_url?: string | null;
          title?: string;
          updated_at?: string;
        };
        Relationships: [];
      };
      progress: {
        Row: {
          completed_at: string | null;
          content_item_id: string;
          course_id: string;
          created_at: string;
          enrollment_id: string;
          id: string;
          is_completed: boolean;
          module_id: string;
          program_id: string;
          progress_data: NonNullable<Json>;
          started_at: string;
          time_spent_seconds: number;
          updated_at: string;
          user_id: string;
        };
        Insert: {
          completed_at?: string | null;
          content_item_id: string;
          course_id: string;
          created_at?: string;
          enrollment_id: string;
          id?: string;
          is_completed?: never;
          module_id: string;
          program_id: string;
          progress_data?: NonNullable<Json>;
          started_at?: string;
          time_spent_seconds?: number;
          updated_at?: string;
          user_id: string;
        };
        Update: {
          completed_at?: string | null;
          content_item_id?: string;
          course_id?: string;
          created_at?: string;
          enrollment_id?: string;
          id?: string;
          is_completed?: never;
          module_id?: string;
          program_id?: string;
          progress_data?: NonNullable<Json>;
          started_at?: string;
          time_spent_seconds?: number;
          updated_at?: string;
          user_id?: string;
        };
        Relationships: [
          {
            foreignKeyName: "progress_content_item_id_fkey";
            columns: ["content_item_id"];
            isOneToOne: false;
            referencedRelation: "content_items";
            referencedColumns: ["id"];
          },
          {
            foreignKeyName: "progress_content_item_id_module_id_fkey";
            columns: ["content_item_id", "module_id"];
            isOneToOne: false;
            referencedRelation: "content_items";
            referencedColumns: ["id", "module_id"];
          },
          {
            foreignKeyName: "progress_course_id_fkey";
            columns: ["course_id"];
            isOneToOne: false;
            referencedRelation: "courses";
            referencedColumns: ["id"];
          },
          {
            foreignKeyName: "progress_course_id_program_id_fkey";
            columns: ["course_id", "program_id"];
            isOneToOne: false;
            referencedRelation: "courses";
            referencedColumns: ["id", "program_id"];
          },
          {
            foreignKeyName: "progress_enrollment_id_fkey";
            columns: ["enrollment_id"];
            isOneToOne: false;
            referencedRelation: "enrollments";
            referencedColumns: ["id"];
          },
          {
            foreignKeyName: "progress_enrollment_id_user_id_program_id_fkey";
            columns: ["enrollment_id", "user_id", "program_id"];
            isOneToOne: false;
            referencedRelation: "enrollments";
            referencedColumns: ["id", "user_id", "program_id"];
          },
          {
            foreignKeyName: "progress_module_id_course_id_fkey";
            columns: ["module_id", "course_id"];
            isOneToOne: false;
            referencedRelation: "modules";
            referencedColumns: ["id", "course_id"];
          },
          {
            foreignKeyName: "progress_module_id_fkey";
            columns: ["module_id"];
            isOneToOne: false;
            referencedRelation: "modules";
            referencedColumns: ["id"];
          },
          {
            foreignKeyName: "progress_program_id_fkey";
            columns: ["program_id"];
            isOneToOne: false;
            referencedRelation: "programs";
            referencedColumns: ["id"];
          },
        ];
      };
      user_achievements: {
        Row: {
          achievement_id: string;
          created_at: string;
          earned_at: string | null;
          id: string;
          points: number | null;
          progress: Json | null;
          updated_at: string;
          user_id: string;
        };
        Insert: {
          achievement_id: string;
          created_at?: string;
          earned_at?: string | null;
          id?: string;
          points?: never;
          progress?: Json | null;
          updated_at?: string;
          user_id: string;
        };
        Update: {
          achievement_id?: string;
          created_at?: string;
          earned_at?: string | null;
          id?: string;
          points?: never;
          progress?: Json | null;
          updated_at?: string;
          user_id?: string;
        };
        Relationships: [
          {
            foreignKeyName: "user_achievements_achievement_id_fkey";
            columns: ["achievement_id"];
            isOneToOne: false;
            referencedRelation: "achievements";
            referencedColumns: ["id"];
          },
        ];
      };
      users: {
        Row: {
          avatar_url: string | null;
          created_at: string;
          email: string | null;
          id: string;
          is_active: boolean;
          last_login_at: string | null;
          name: string | null;
          preferred_language: string;
          timezone: string;
          updated_at: string;
        };
        Insert: {
          avatar_url?: never;
          created_at?: string;
          email?: never;
          id: string;
          is_active?: boolean;
          last_login_at?: never;
          name?: never;
          preferred_language?: string;
          timezone?: string;
          updated_at?: string;
        };
        Update: {
          avatar_url?: never;
          created_at?: string;
          email?: never;
          id?: string;
          is_active?: boolean;
          last_login_at?: never;
          name?: never;
          preferred_language?: string;
          timezone?: string;
          updated_at?: string;
        };
        Relationships: [];
      };
    };
    Views: {
      accounts: {
        Row: {
          access_token: string | null;
          expires_at: string | null;
          id: string | null;
          provider: string | null;
          provider_account_id: string | null;
          refresh_token: string | null;
          type: string | null;
          user_id: string | null;
        };
        Relationships: [];
      };
      sessions: {
        Row: {
          expires: string | null;
          id: string | null;
          session_token: string | null;
          user_id: string | null;
        };
        Relationships: [];
      };
    };
    Functions: {
      [_ in never]: never;
    };
    Enums: {
      [_ in never]: never;
    };
    CompositeTypes: {
      [_ in never]: never;
    };
  };
  coaching: {
    Tables: {
      assessment_questions: {
        Row: {
          assessment_id: string;
          assessment_level: string | null;
          competency_area: string;
          correct_answer: number;
          created_at: string;
          difficulty_weight: number;
          explanation: string;
          id: string;
          option_a: string;
          option_b: string;
          option_c: string;
          option_d: string;
          question: string;
          question_order: number;
          updated_at: string;
        };
        Insert: {
          assessment_id: string;
          assessment_level?: string | null;
          competency_area: string;
          correct_answer: number;
          created_at?: string;
          difficulty_weight?: number;
          explanation: string;
          id?: string;
          option_a: string;
          option_b: string;
          option_c: string;
          option_d: string;
          question: string;
          question_order: number;
          updated_at?: string;
        };
        Update: {
          assessment_id?: string;
          assessment_level?: string | null;
          competency_area?: string;
          correct_answer?: number;
          created_at?: string;
          difficulty_weight?: number;
          explanation?: string;
          id?: string;
          option_a?: string;
          option_b?: string;
          option_c?: string;
          option_d?: string;
          question?: string;
          question_order?: number;
          updated_at?: string;
        };
        Relationships: [
          {
            foreignKeyName: "assessment_questions_assessment_id_fkey";
            columns: ["assessment_id"];
            isOneToOne: false;
            referencedRelation: "assessments";
            referencedColumns: ["id"];
          },
          {
            foreignKeyName: "assessment_questions_assessment_id_fkey";
            columns: ["assessment_id"];
            isOneToOne: false;
            referencedRelation: "assessments_without_questions";
            referencedColumns: ["id"];
          },
        ];
      };
      assessments: {
        Row: {
          created_at: string;
          description: string | null;
          difficulty: string | null;
          estimated_duration: number | null;
          framework: string;
          id: string;
          is_active: boolean;
          slug: string;
          title: string;
          updated_at: string;
        };
        Insert: {
          created_at?: string;
          description?: string | null;
          difficulty?: string | null;
          estimated_duration?: number | null;
          framework: string;
          id?: string;
          is_active?: boolean;
          slug: string;
          title: string;
          updated_at?: string;
        };
        Update: {
          created_at?: string;
          description?: string | null;
          difficulty?: string | null;
          estimated_duration?: number | null;
          framework?: string;
          id?: string;
          is_active?: boolean;
          slug?: string;
          title?: string;
          updated_at?: string;
        };
        Relationships: [];
      };
      competency_display_names: {
        Row: {
          competency_key: string;
          created_at: string;
          display_name: string;
          framework: string;
          id: string;
          is_active: boolean;
          updated_at: string;
        };
        Insert: {
          competency_key: string;
          created_at?: string;
          display_name: string;
          framework: string;
          id?: string;
          is_active?: boolean;
          updated_at?: string;
        };
        Update: {
          competency_key?: string;
          created_at?: string;
          display_name?: string;
          framework?: string;
          id?: string;
          is_active?: boolean;
          updated_at?: string;
        };
        Relationships: [];
      };
      competency_leverage_strengths: {
        Row: {
          competency_area: string;
          context_level: string;
          created_at: string;
          framework: string;
          id: string;
          is_active: boolean;
          leverage_text: string;
          priority_order: number;
          score_range_max: number;
          score_range_min: number;
          updated_at: string;
        };
        Insert: {
          competency_area: string;
          context_level?: string;
          created_at?: string;
          framework: string;
          id?: string;
          is_active?: boolean;
          leverage_text: string;
          priority_order?: number;
          score_range_max?: number;
          score_range_min?: number;
          updated_at?: string;
        };
        Update: {
          competency_area?: string;
          context_level?: string;
          created_at?: string;
          framework?: string;
          id?: string;
          is_active?: boolean;
          leverage_text?: string;
          priority_order?: number;
          score_range_max?: number;
          score_range_min?: number;
          updated_at?: string;
        };
        Relationships: [];
      };
      learning_path_categories: {
        Row: {
          assessment_level: string | null;
          category_description: string | null;
          category_icon: string | null;
          category_title: string;
          competency_areas: string[];
          created_at: string;
          id: string;
          is_active: boolean;
          priority_order: number;
          updated_at: string;
        };
        Insert: {
          assessment_level?: string | null;
          category_description?: string | null;
          category_icon?: string | null;
          category_title: string;
          competency_areas?: string[];
          created_at?: string;
          id?: string;
          is_active?: boolean;
          priority_order?: number;
          updated_at?: string;
        };
        Update: {
          assessment_level?: string | null;
          category_description?: string | null;
          category_icon?: string | null;
          category_title?: string;
          competency_areas?: string[];
          created_at?: string;
          id?: string;
          is_active?: boolean;
          priority_order?: number;
          updated_at?: string;
        };
        Relationships: [];
      };
      learning_resources: {
        Row: {
          assessment_level: string | null;
          author_instructor: string | null;
          category_id: string;
          competency_areas: string[];
          created_at: string;
          description: string | null;
          id: string;
          is_active: boolean;
          resource_type: string;
          title: string;
          updated_at: string;
          url: string | null;
        };
        Insert: {
          assessment_level?: string | null;
          author_instructor?: string | null;
          category_id: string;
          competency_areas?: string[];
          created_at?: string;
          description?: string | null;
          id?: string;
          is_active?: boolean;
          resource_type: string;
          title: string;
          updated_at?: string;
          url?: string | null;
        };
        Update: {
          assessment_level?: string | null;
          author_instructor?: string | null;
          category_id?: string;
          competency_areas?: string[];
          created_at?: string;
          description?: string | null;
          id?: string;
          is_active?: boolean;
          resource_type?: string;
          title?: string;
          updated_at?: string;
          url?: string | null;
        };
        Relationships: [
          {
            foreignKeyName: "learning_resources_category_id_fkey";
            columns: ["category_id"];
            isOneToOne: false;
            referencedRelation: "learning_path_categories";
            referencedColumns: ["id"];
          },
        ];
      };
      skill_tags: {
        Row: {
          assessment_level: string | null;
          competency_area: string;
          created_at: string;
          framework: string;
          id: string;
          is_active: boolean;
          name: string;
          sort_order: number;
          updated_at: string;
        };
        Insert: {
          assessment_level?: string | null;
          competency_area: string;
          created_at?: string;
          framework: string;
          id?: string;
          is_active?: boolean;
          name: string;
          sort_order?: number;
          updated_at?: string;
        };
        Update: {
          assessment_level?: string | null;
          competency_area?: string;
          created_at?: string;
          framework?: string;
          id?: string;
          is_active?: boolean;
          name?: string;
          sort_order?: number;
          updated_at?: string;
        };
        Relationships: [];
      };
      tag_actions: {
        Row: {
          action_text: string;
          created_at: string;
          id: string;
          is_active: boolean;
          skill_tag_id: string;
          updated_at: string;
        };
        Insert: {
          action_text: string;
          created_at?: string;
          id?: string;
          is_active?: boolean;
          skill_tag_id: string;
          updated_at?: string;
        };
        Update: {
          action_text?: string;
          created_at?: string;
          id?: string;
          is_active?: boolean;
          skill_tag_id?: string;
          updated_at?: string;
        };
        Relationships: [
          {
            foreignKeyName: "tag_actions_skill_tag_id_fkey";
            columns: ["skill_tag_id"];
            isOneToOne: false;
            referencedRelation: "incomplete_skill_tags";
            referencedColumns: ["id"];
          },
          {
            foreignKeyName: "tag_actions_skill_tag_id_fkey";
            columns: ["skill_tag_id"];
            isOneToOne: false;
            referencedRelation: "skill_tags";
            referencedColumns: ["id"];
          },
        ];
      };
      tag_insights: {
        Row: {
          context_level: string;
          created_at: string;
          id: string;
          insight_text: string;
          insight_type: string;
          skill_tag_id: string;
          updated_at: string;
        };
        Insert: {
          context_level?: string;
          created_at?: string;
          id?: string;
          insight_text: string;
          insight_type: string;
          skill_tag_id: string;
          updated_at?: string;
        };
        Update: {
          context_level?: string;
          created_at?: string;
          id?: string;
          insight_text?: string;
          insight_type?: string;
          skill_tag_id?: string;
          updated_at?: string;
        };
        Relationships: [
          {
            foreignKeyName: "tag_insights_skill_tag_id_fkey";
            columns: ["skill_tag_id"];
            isOneToOne: false;
            referencedRelation: "incomplete_skill_tags";
            referencedColumns: ["id"];
          },
          {
            foreignKeyName: "tag_insights_skill_tag_id_fkey";
            columns: ["skill_tag_id"];
            isOneToOne: false;
            referencedRelation: "skill_tags";
            referencedColumns: ["id"];
          },
        ];
      };
      user_attempts: {
        Row: {
          assessment_id: string;
          completed_at: string | null;
          created_at: string;
          frontend_insights: Json | null;
          id: string;
          insights_generated_at: string | null;
          score: number;
          time_spent: number | null;
          updated_at: string;
          user_id: string;
        };
        Insert: {
          assessment_id: string;
          completed_at?: string | null;
          created_at?: string;
          frontend_insights?: Json | null;
          id?: string;
          insights_generated_at?: string | null;
          score: number;
          time_spent?: number | null;
          updated_at?: string;
          user_id: string;
        };
        Update: {
          assessment_id?: string;
          completed_at?: string | null;
          created_at?: string;
          frontend_insights?: Json | null;
          id?: string;
          insights_generated_at?: string | null;
          score?: number;
          time_spent?: number | null;
          updated_at?: string;
          user_id?: string;
        };
        Relationships: [
          {
            foreignKeyName: "user_attempts_assessment_id_fkey";
            columns: ["assessment_id"];
            isOneToOne: false;
            referencedRelation: "assessments";
            referencedColumns: ["id"];
          },
          {
            foreignKeyName: "user_attempts_assessment_id_fkey";
            columns: ["assessment_id"];
            isOneToOne: false;
            referencedRelation: "assessments_without_questions";
            referencedColumns: ["id"];
          },
        ];
      };
      user_responses: {
        Row: {
          attempt_id: string;
          created_at: string;
          id: string;
          is_correct: boolean;
          question_id: string;
          response_time: number | null;
          selected_answer: number;
        };
        Insert: {
          attempt_id: string;
          created_at?: string;
          id?: string;
          is_correct: boolean;
          question_id: string;
          response_time?: number | null;
          selected_answer: number;
        };
        Update: {
          attempt_id?: string;
          created_at?: string;
          id?: string;
          is_correct?: boolean;
          question_id?: string;
          response_time?: number | null;
          selected_answer?: number;
        };
        Relationships: [
          {
            foreignKeyName: "user_responses_attempt_id_fkey";
            columns: ["attempt_id"];
            isOneToOne: false;
            referencedRelation: "user_attempts";
            referencedColumns: ["id"];
          },
          {
            foreignKeyName: "user_responses_question_id_fkey";
            columns: ["question_id"];
            isOneToOne: false;
            referencedRelation: "assessment_questions";
            referencedColumns: ["id"];
          },
        ];
      };
    };
    Views: {
      assessments_without_questions: {
        Row: {
          id: string | null;
          question_count: number | null;
          title: string | null;
        };
        Relationships: [];
      };
      attempt_answers: {
        Row: {
          attempt_id: string | null;
          competency_area: string | null;
          correct_answer: number | null;
          explanation: string | null;
          is_correct: boolean | null;
          option_a: string | null;
          option_b: string | null;
          option_c: string | null;
          option_d: string | null;
          question: string | null;
          question_id: string | null;
          question_order: number | null;
          selected_answer: number | null;
        };
        Relationships: [];
      };
      incomplete_skill_tags: {
        Row: {
          actions_count: number | null;
          competency_area: string | null;
          id: string | null;
          insights_count: number | null;
          name: string | null;
        };
        Relationships: [];
      };
      learning_resources_without_url: {
        Row: {
          id: string | null;
          title: string | null;
          url: string | null;
        };
        Insert: {
          id?: string | null;
          title?: string | null;
          url?: string | null;
        };
        Update: {
          id?: string | null;
          title?: string | null;
          url?: string | null;
        };
        Relationships: [];
      };
    };
    Functions: {
      get_learning_paths_for_assessment: {
        Args: { overall_score: number; weak_competency_areas: string[] };
        Returns: {
          category_description: string;
          category_icon: string;
          category_id: string;
          category_title: string;
          resources: Json[];
        }[];
      };
      store_frontend_insights: {
        Args: { attempt_uuid: string; frontend_insights: Json };
        Returns: boolean;
      };
    };
    Enums: {
      [_ in never]: never;
    };
    CompositeTypes: {
      [_ in never]: never;
    };
  };
  community: {
    Tables: {
      action_types: {
        Row: {
          created_at: string;
          description: string | null;
          id: string;
          name: string;
          points: number;
          updated_at: string;
        };
        Insert: {
          created_at?: string;
          description?: string | null;
          id?: string;
          name: string;
          points?: number;
          updated_at?: string;
        };
        Update: {
          created_at?: string;
          description?: string | null;
          id?: string;
          name?: string;
          points?: number;
          updated_at?: string;
        };
        Relationships: [];
      };
      community_post_likes: {
        Row: {
          created_at: string;
          id: string;
          post_id: string;
          user_id: string;
        };
        Insert: {
          created_at?: string;
          id?: string;
          post_id: string;
          user_id: string;
        };
        Update: {
          created_at?: string;
          id?: string;
          post_id?: string;
          user_id?: string;
        };
        Relationships: [
          {
            foreignKeyName: "community_post_likes_post_id_fkey";
            columns: ["post_id"];
            isOneToOne: false;
            referencedRelation: "community_posts";
            referencedColumns: ["id"];
          },
        ];
      };
      community_post_replies: {
        Row: {
          author_id: string;
          content: string;
          created_at: string;
          deleted_at: string | null;
          id: string;
          post_id: string;
          updated_at: string;
        };
        Insert: {
          author_id: string;
          content: string;
          created_at?: string;
          deleted_at?: string | null;
          id?: string;
          post_id: string;
          updated_at?: string;
        };
        Update: {
          author_id?: string;
          content?: string;
          created_at?: string;
          deleted_at?: string | null;
          id?: string;
          post_id?: string;
          updated_at?: string;
        };
        Relationships: [
          {
            foreignKeyName: "community_post_replies_post_id_fkey";
            columns: ["post_id"];
            isOneToOne: false;
            referencedRelation: "community_posts";
            referencedColumns: ["id"];
          },
        ];
      };
      community_posts: {
        Row: {
          author_id: string;
          content: string;
          created_at: string;
          deleted_at: string | null;
          id: string;
          is_pinned: boolean;
          likes_count: number;
          replies_count: number;
          updated_at: string;
        };
        Insert: {
          author_id: string;
          content: string;
          created_at?: string;
          deleted_at?: string | null;
          id?: string;
          is_pinned?: boolean;
          likes_count?: never;
          replies_count?: never;
          updated_at?: string;
        };
        Update: {
          author_id?: string;
          content?: string;
          created_at?: string;
          deleted_at?: string | null;
          id?: string;
          is_pinned?: boolean;
          likes_count?: never;
          replies_count?: never;
          updated_at?: string;
        };
        Relationships: [];
      };
      community_resources: {
        Row: {
          access: string;
          category: string;
          created_at: string;
          deleted_at: string | null;
          description: string;
          difficulty: string | null;
          download_count: number;
          file_size: string | null;
          file_url: string | null;
          format: string;
          id: string;
          is_new: boolean;
          is_popular: boolean;
          published_at: string | null;
          rating: number | null;
          rating_count: number;
          rating_sum: number;
          tags: string[];
          title: string;
          type: string;
          updated_at: string;
        };
        Insert: {
          access?: string;
          category: string;
          created_at?: string;
          deleted_at?: string | null;
          description: string;
          difficulty?: string | null;
          download_count?: never;
          file_size?: string | null;
          file_url?: string | null;
          format: string;
          id?: string;
          is_new?: boolean;
          is_popular?: boolean;
          published_at?: string | null;
          rating?: never;
          rating_count?: never;
          rating_sum?: never;
          tags?: string[];
          title: string;
          type: string;
          updated_at?: string;
        };
        Update: {
          access?: string;
          category?: string;
          created_at?: string;
          deleted_at?: string | null;
          description?: string;
          difficulty?: string | null;
          download_count?: never;
          file_size?: string | null;
          file_url?: string | null;
          format?: string;
          id?: string;
          is_new?: boolean;
          is_popular?: boolean;
          published_at?: string | null;
          rating?: never;
          rating_count?: never;
          rating_sum?: never;
          tags?: string[];
          title?: string;
          type?: string;
          updated_at?: string;
        };
        Relationships: [];
      };
      goal_metrics: {
        Row: {
          created_at: string;
          days_to_complete: number | null;
          execution_pace: string | null;
          execution_rate: number | null;
          id: string;
          learn_rate: number | null;
          ranking: number | null;
          updated_at: string;
          user_goal_history_id: string;
        };
        Insert: {
          created_at?: string;
          days_to_complete?: number | null;
          execution_pace?: string | null;
          execution_rate?: number | null;
          id?: string;
          learn_rate?: number | null;
          ranking?: number | null;
          updated_at?: string;
          user_goal_history_id: string;
        };
        Update: {
          created_at?: string;
          days_to_complete?: number | null;
          execution_pace?: string | null;
          execution_rate?: number | null;
          id?: string;
          learn_rate?: number | null;
          ranking?: number | null;
          updated_at?: string;
          user_goal_history_id?: string;
        };
        Relationships: [
          {
            foreignKeyName: "goal_metrics_user_goal_history_id_fkey";
            columns: ["user_goal_history_id"];
            isOneToOne: false;
            referencedRelation: "user_goal_history";
            referencedColumns: ["id"];
          },
        ];
      };
      profiles: {
        Row: {
          created_at: string;
          current_goal_id: string | null;
          current_track_id: string | null;
          id: string;
          updated_at: string;
        };
        Insert: {
          created_at?: string;
          current_goal_id?: string | null;
          current_track_id?: string | null;
          id: string;
          updated_at?: string;
        };
        Update: {
          created_at?: string;
          current_goal_id?: string | null;
          current_track_id?: string | null;
          id?: string;
          updated_at?: string;
        };
        Relationships: [
          {
            foreignKeyName: "profiles_current_goal_id_fkey";
            columns: ["current_goal_id"];
            isOneToOne: false;
            referencedRelation: "track_goals";
            referencedColumns: ["id"];
          },
          {
            foreignKeyName: "profiles_current_track_id_fkey";
            columns: ["current_track_id"];
            isOneToOne: false;
            referencedRelation: "tracks";
            referencedColumns: ["id"];
          },
        ];
      };
      resource_downloads: {
        Row: {
          created_at: string;
          downloaded_at: string;
          email: string | null;
          id: string;
          ip_address: unknown;
          resource_id: string;
          user_agent: string | null;
          user_id: string | null;
        };
        Insert: {
          created_at?: string;
          downloaded_at?: string;
          email?: string | null;
          id?: string;
          ip_address?: unknown;
          resource_id: string;
          user_agent?: string | null;
          user_id?: string | null;
        };
        Update: {
          created_at?: string;
          downloaded_at?: string;
          email?: string | null;
          id?: string;
          ip_address?: unknown;
          resource_id?: string;
          user_agent?: string | null;
          user_id?: string | null;
        };
        Relationships: [
          {
            foreignKeyName: "resource_downloads_resource_id_fkey";
            columns: ["resource_id"];
            isOneToOne: false;
            referencedRelation: "community_resources";
            referencedColumns: ["id"];
          },
        ];
      };
      resource_ratings: {
        Row: {
          created_at: string;
          id: string;
          rating: number;
          resource_id: string;
          review: string | null;
          updated_at: string;
          user_id: string;
        };
        Insert: {
          created_at?: string;
          id?: string;
          rating: number;
          resource_id: string;
          review?: string | null;
          updated_at?: string;
          user_id: string;
        };
        Update: {
          created_at?: string;
          id?: string;
          rating?: number;
          resource_id?: string;
          review?: string | null;
          updated_at?: string;
          user_id?: string;
        };
        Relationships: [
          {
            foreignKeyName: "resource_ratings_resource_id_fkey";
            columns: ["resource_id"];
            isOneToOne: false;
            referencedRelation: "community_resources";
            referencedColumns: ["id"];
          },
        ];
      };
      track_goals: {
        Row: {
          created_at: string;
          description: string | null;
          id: string;
          order: number;
          title: string;
          track_id: string;
          updated_at: string;
        };
        Insert: {
          created_at?: string;
          description?: string | null;
          id?: string;
          order?: number;
          title: string;
          track_id: string;
          updated_at?: string;
        };
        Update: {
          created_at?: string;
          description?: string | null;
          id?: string;
          order?: number;
          title?: string;
          track_id?: string;
          updated_at?: string;
        };
        Relationships: [
          {
            foreignKeyName: "track_goals_track_id_fkey";
            columns: ["track_id"];
            isOneToOne: false;
            referencedRelation: "tracks";
            referencedColumns: ["id"];
          },
        ];
      };
      tracks: {
        Row: {
          created_at: string;
          description: string | null;
          id: string;
          name: string;
          order: number;
          updated_at: string;
        };
        Insert: {
          created_at?: string;
          description?: string | null;
          id?: string;
          name: string;
          order?: number;
          updated_at?: string;
        };
        Update: {
          created_at?: string;
          description?: string | null;
          id?: string;
          name?: string;
          order?: number;
          updated_at?: string;
        };
        Relationships: [];
      };
      user_actions: {
        Row: {
          action_date: string;
          action_type_id: string;
          course_id: string | null;
          created_at: string;
          description: string | null;
          details: string | null;
          goal_id: string | null;
          id: string;
          metadata: NonNullable<Json>;
          points: number | null;
          title: string | null;
          updated_at: string;
          user_id: string;
        };
        Insert: {
          action_date?: string;
          action_type_id: string;
          course_id?: string | null;
          created_at?: string;
          description?: string | null;
          details?: string | null;
          goal_id?: string | null;
          id?: string;
          metadata?: NonNullable<Json>;
          points?: never;
          title?: string | null;
          updated_at?: string;
          user_id: string;
        };
        Update: {
          action_date?: string;
          action_type_id?: string;
          course_id?: string | null;
          created_at?: string;
          description?: string | null;
          details?: string | null;
          goal_id?: string | null;
          id?: string;
          metadata?: NonNullable<Json>;
          points?: never;
          title?: string | null;
          updated_at?: string;
          user_id?: string;
        };
        Relationships: [
          {
            foreignKeyName: "user_actions_action_type_id_fkey";
            columns: ["action_type_id"];
            isOneToOne: false;
            referencedRelation: "action_types";
            referencedColumns: ["id"];
          },
          {
            foreignKeyName: "user_actions_goal_id_fkey";
            columns: ["goal_id"];
            isOneToOne: false;
            referencedRelation: "track_goals";
            referencedColumns: ["id"];
          },
        ];
      };
      user_goal_history: {
        Row: {
          completed_at: string | null;
          created_at: string;
          goal_id: string;
          id: string;
          paused_at: string | null;
          progress: number;
          started_at: string;
          status: string;
          updated_at: string;
          user_id: string;
        };
        Insert: {
          completed_at?: string | null;
          created_at?: string;
          goal_id: string;
          id?: string;
          paused_at?: string | null;
          progress?: number;
          started_at?: string;
          status?: string;
          updated_at?: string;
          user_id: string;
        };
        Update: {
          completed_at?: string | null;
          created_at?: string;
          goal_id?: string;
          id?: string;
          paused_at?: string | null;
          progress?: number;
          started_at?: string;
          status?: string;
          updated_at?: string;
          user_id?: string;
        };
        Relationships: [
          {
            foreignKeyName: "user_goal_history_goal_id_fkey";
            columns: ["goal_id"];
            isOneToOne: false;
            referencedRelation: "track_goals";
            referencedColumns: ["id"];
          },
        ];
      };
    };
    Views: {
      [_ in never]: never;
    };
    Functions: {
      [_ in never]: never;
    };
    Enums: {
      [_ in never]: never;
    };
    CompositeTypes: {
      [_ in never]: never;
    };
  };
  public: {
    Tables: {
      comments: {
        Row: {
          author_avatar: string | null;
          author_id: string;
          author_name: string | null;
          content: string;
          created_at: string;
          deleted_at: string | null;
          id: string;
          like_count: number;
          parent_id: string | null;
          post_id: string;
          updated_at: string;
        };
        Insert: {
          author_avatar?: never;
          author_id: string;
          author_name?: never;
          content: string;
          created_at?: string;
          deleted_at?: string | null;
          id?: string;
          like_count?: never;
          parent_id?: string | null;
          post_id: string;
          updated_at?: string;
        };
        Update: {
          author_avatar?: never;
          author_id?: string;
          author_name?: never;
          content?: string;
          created_at?: string;
          deleted_at?: string | null;
          id?: string;
          like_count?: never;
          parent_id?: string | null;
          post_id?: string;
          updated_at?: string;
        };
        Relationships: [
          {
            foreignKeyName: "comments_author_id_fkey";
            columns: ["author_id"];
            isOneToOne: false;
            referencedRelation: "users";
            referencedColumns: ["id"];
          },
          {
            foreignKeyName: "comments_parent_id_fkey";
            columns: ["parent_id"];
            isOneToOne: false;
            referencedRelation: "comments";
            referencedColumns: ["id"];
          },
          {
            foreignKeyName: "comments_post_id_fkey";
            columns: ["post_id"];
            isOneToOne: false;
            referencedRelation: "posts";
            referencedColumns: ["id"];
          },
        ];
      };
      community_settings: {
        Row: {
          created_at: string;
          custom_domain: string | null;
          id: string;
          logo_storage_id: string | null;
          name: string;
          primary_color: string | null;
          scope: string;
          stripe_charges_enabled: boolean;
          stripe_connected_account_id: string;
          updated_at: string;
        };
        Insert: {
          created_at?: string;
          custom_domain?: string | null;
          id?: string;
          logo_storage_id?: string | null;
          name: string;
          primary_color?: string | null;
          scope?: string;
          stripe_charges_enabled?: boolean;
          stripe_connected_account_id?: string;
          updated_at?: string;
        };
        Update: {
          created_at?: string;
          custom_domain?: string | null;
          id?: string;
          logo_storage_id?: string | null;
          name?: string;
          primary_color?: string | null;
          scope?: string;
          stripe_charges_enabled?: boolean;
          stripe_connected_account_id?: string;
          updated_at?: string;
        };
        Relationships: [];
      };
      conversation_participants: {
        Row: {
          conversation_id: string;
          created_at: string;
          id: string;
          unread_count: number;
          updated_at: string;
          user_id: string;
        };
        Insert: {
          conversation_id: string;
          created_at?: string;
          id?: string;
          unread_count?: never;
          updated_at?: string;
          user_id: string;
        };
        Update: {
          conversation_id?: string;
          created_at?: string;
          id?: string;
          unread_count?: never;
          updated_at?: string;
          user_id?: string;
        };
        Relationships: [
          {
            foreignKeyName: "conversation_participants_conversation_id_fkey";
            columns: ["conversation_id"];
            isOneToOne: false;
            referencedRelation: "conversations";
            referencedColumns: ["id"];
          },
          {
            foreignKeyName: "conversation_participants_user_id_fkey";
            columns: ["user_id"];
            isOneToOne: false;
            referencedRelation: "users";
            referencedColumns: ["id"];
          },
        ];
      };
      conversations: {
        Row: {
          created_at: string;
          id: string;
          last_message_at: string | null;
          last_message_preview: string | null;
          participant_ids: string[];
          started_by: string | null;
        };
        Insert: {
          created_at?: string;
          id?: string;
          last_message_at?: never;
          last_message_preview?: never;
          participant_ids?: never;
          started_by?: string | null;
        };
        Update: {
          created_at?: string;
          id?: string;
          last_message_at?: never;
          last_message_preview?: never;
          participant_ids?: never;
          started_by?: string | null;
        };
        Relationships: [
          {
            foreignKeyName: "conversations_started_by_fkey";
            columns: ["started_by"];
            isOneToOne: false;
            referencedRelation: "users";
            referencedColumns: ["id"];
          },
        ];
      };
      courses: {
        Row: {
          created_at: string;
          description: string | null;
          enrollment_count: number;
          id: string;
          lesson_count: number;
          required_tier: string | null;
          status: string;
          thumbnail: string | null;
          title: string;
          updated_at: string;
          visibility: string;
        };
        Insert: {
          created_at?: string;
          description?: string | null;
          enrollment_count?: never;
          id?: string;
          lesson_count?: never;
          required_tier?: string | null;
          status?: string;
          thumbnail?: string | null;
          title: string;
          updated_at?: string;
          visibility?: string;
        };
        Update: {
          created_at?: string;
          description?: string | null;
          enrollment_count?: never;
          id?: string;
          lesson_count?: never;
          required_tier?: string | null;
          status?: string;
          thumbnail?: string | null;
          title?: string;
          updated_at?: string;
          visibility?: string;
        };
        Relationships: [];
      };
      enrollments: {
        Row: {
          completed_at: string | null;
          completed_lesson_count: number;
          completion_percentage: number;
          course_id: string;
          created_at: string;
          id: string;
          last_lesson_id: string | null;
          lesson_count: number | null;
          updated_at: string;
          user_id: string;
        };
        Insert: {
          completed_at?: string | null;
          completed_lesson_count?: never;
          completion_percentage?: never;
          course_id: string;
          created_at?: string;
          id?: string;
          last_lesson_id?: string | null;
          lesson_count?: never;
          updated_at?: string;
          user_id: string;
        };
        Update: {
          completed_at?: string | null;
          completed_lesson_count?: never;
          completion_percentage?: never;
          course_id?: string;
          created_at?: string;
          id?: string;
          last_lesson_id?: string | null;
          lesson_count?: never;
          updated_at?: string;
          user_id?: string;
        };
        Relationships: [
          {
            foreignKeyName: "enrollments_course_id_fkey";
            columns: ["course_id"];
            isOneToOne: false;
            referencedRelation: "courses";
            referencedColumns: ["id"];
          },
          {
            foreignKeyName: "enrollments_last_lesson_id_fkey";
            columns: ["last_lesson_id"];
            isOneToOne: false;
            referencedRelation: "lessons";
            referencedColumns: ["id"];
          },
          {
            foreignKeyName: "enrollments_user_id_fkey";
            columns: ["user_id"];
            isOneToOne: false;
            referencedRelation: "users";
            referencedColumns: ["id"];
          },
        ];
      };
      events: {
        Row: {
          canceled_at: string | null;
          capacity: number | null;
          created_at: string;
          description: string | null;
          end_time: string | null;
          going_count: number;
          id: string;
          location: string | null;
          maybe_count: number;
          recurrence: Json | null;
          required_tier: string | null;
          start_time: string;
          timezone: string;
          title: string;
          updated_at: string;
          visibility: string;
          waitlist_count: number;
        };
        Insert: {
          canceled_at?: string | null;
          capacity?: number | null;
          created_at?: string;
          description?: string | null;
          end_time?: string | null;
          going_count?: never;
          id?: string;
          location?: string | null;
          maybe_count?: never;
          recurrence?: Json | null;
          required_tier?: string | null;
          start_time: string;
          timezone?: string;
          title: string;
          updated_at?: string;
          visibility?: string;
          waitlist_count?: never;
        };
        Update: {
          canceled_at?: string | null;
          capacity?: number | null;
          created_at?: string;
          description?: string | null;
          end_time?: string | null;
          going_count?: never;
          id?: string;
          location?: string | null;
          maybe_count?: never;
          recurrence?: Json | null;
          required_tier?: string | null;
          start_time?: string;
          timezone?: string;
          title?: string;
          updated_at?: string;
          visibility?: string;
          waitlist_count?: never;
        };
        Relationships: [];
      };
      follows: {
        Row: {
          created_at: string;
          follower_id: string;
          following_id: string;
          id: string;
        };
        Insert: {
          created_at?: string;
          follower_id: string;
          following_id: string;
          id?: string;
        };
        Update: {
          created_at?: string;
          follower_id?: string;
          following_id?: string;
          id?: string;
        };
        Relationships: [
          {
            foreignKeyName: "follows_follower_id_fkey";
            columns: ["follower_id"];
            isOneToOne: false;
            referencedRelation: "users";
            referencedColumns: ["id"];
          },
          {
            foreignKeyName: "follows_following_id_fkey";
            columns: ["following_id"];
            isOneToOne: false;
            referencedRelation: "users";
            referencedColumns: ["id"];
          },
        ];
      };
      gamification_config: {
        Row: {
          action: string;
          created_at: string;
          id: string;
          point_value: number;
          updated_at: string;
        };
        Insert: {
          action: string;
          created_at?: string;
          id?: string;
          point_value: number;
          updated_at?: string;
        };
        Update: {
          action?: string;
          created_at?: string;
          id?: string;
          point_value?: number;
          updated_at?: string;
        };
        Relationships: [];
      };
      inboxes: {
        Row: {
          created_at: string;
          id: string;
          unread_message_count: number;
          unread_notification_count: number;
        };
        Insert: {
          created_at?: string;
          id: string;
          unread_message_count?: never;
          unread_notification_count?: never;
        };
        Update: {
          created_at?: string;
          id?: string;
          unread_message_count?: never;
          unread_notification_count?: never;
        };
        Relationships: [
          {
            foreignKeyName: "inboxes_id_fkey";
            columns: ["id"];
            isOneToOne: true;
            referencedRelation: "users";
            referencedColumns: ["id"];
          },
        ];
      };
      lesson_progress: {
        Row: {
          completed_at: string | null;
          course_id: string;
          created_at: string;
          enrollment_id: string;
          id: string;
          lesson_id: string;
          updated_at: string;
          user_id: string;
        };
        Insert: {
          completed_at?: string | null;
          course_id: string;
          created_at?: string;
          enrollment_id: string;
          id?: string;
          lesson_id: string;
          updated_at?: string;
          user_id: string;
        };
        Update: {
          completed_at?: string | null;
          course_id?: string;
          created_at?: string;
          enrollment_id?: string;
          id?: string;
          lesson_id?: string;
          updated_at?: string;
          user_id?: string;
        };
        Relationships: [
          {
            foreignKeyName: "lesson_progress_course_id_fkey";
            columns: ["course_id"];
            isOneToOne: false;
            referencedRelation: "courses";
            referencedColumns: ["id"];
          },
          {
            foreignKeyName: "lesson_progress_enrollment_id_fkey";
            columns: ["enrollment_id"];
            isOneToOne: false;
            referencedRelation: "enrollments";
            referencedColumns: ["id"];
          },
          {
            foreignKeyName: "lesson_progress_enrollment_id_user_id_course_id_fkey";
            columns: ["enrollment_id", "user_id", "course_id"];
            isOneToOne: false;
            referencedRelation: "enrollments";
            referencedColumns: ["id", "user_id", "course_id"];
          },
          {
            foreignKeyName: "lesson_progress_lesson_id_course_id_fkey";
            columns: ["lesson_id", "course_id"];
            isOneToOne: false;
            referencedRelation: "lessons";
            referencedColumns: ["id", "course_id"];
          },
          {
            foreignKeyName: "lesson_progress_lesson_id_fkey";
            columns: ["lesson_id"];
            isOneToOne: false;
            referencedRelation: "lessons";
            referencedColumns: ["id"];
          },
          {
            foreignKeyName: "lesson_progress_user_id_fkey";
            columns: ["user_id"];
            isOneToOne: false;
            referencedRelation: "users";
            referencedColumns: ["id"];
          },
        ];
      };
      lessons: {
        Row: {
          attachments: NonNullable<Json>;
          content: string | null;
          course_id: string;
          created_at: string;
          free_preview: boolean;
          id: string;
          module_id: string;
          order: number;
          title: string;
          updated_at: string;
          video_url: string | null;
        };
        Insert: {
          attachments?: NonNullable<Json>;
          content?: string | null;
          course_id: string;
          created_at?: string;
          free_preview?: boolean;
          id?: string;
          module_id: string;
          order?: number;
          title: string;
          updated_at?: string;
          video_url?: string | null;
        };
        Update: {
          attachments?: NonNullable<Json>;
          content?: string | null;
          course_id?: string;
          created_at?: string;
          free_preview?: boolean;
          id?: string;
          module_id?: string;
          order?: number;
          title?: string;
          updated_at?: string;
          video_url?: string | null;
        };
        Relationships: [
          {
            foreignKeyName: "lessons_course_id_fkey";
            columns: ["course_id"];
            isOneToOne: false;
            referencedRelation: "courses";
            referencedColumns: ["id"];
          },
          {
            foreignKeyName: "lessons_module_id_course_id_fkey";
            columns: ["module_id", "course_id"];
            isOneToOne: false;
            referencedRelation: "modules";
            referencedColumns: ["id", "course_id"];
          },
          {
            foreignKeyName: "lessons_module_id_fkey";
            columns: ["module_id"];
            isOneToOne: false;
            referencedRelation: "modules";
            referencedColumns: ["id"];
          },
        ];
      };
      levels: {
        Row: {
          color: string;
          created_at: string;
          id: string;
          name: string;
          order: number;
          threshold: number;
          updated_at: string;
        };
        Insert: {
          color?: string;
          created_at?: string;
          id?: string;
          name: string;
          order: number;
          threshold: number;
          updated_at?: string;
        };
        Update: {
          color?: string;
          created_at?: string;
          id?: string;
          name?: string;
          order?: number;
          threshold?: number;
          updated_at?: string;
        };
        Relationships: [];
      };
      likes: {
        Row: {
          created_at: string;
          id: string;
          target_id: string;
          target_type: string;
          user_id: string;
        };
        Insert: {
          created_at?: string;
          id?: string;
          target_id: string;
          target_type: string;
          user_id: string;
        };
        Update: {
          created_at?: string;
          id?: string;
          target_id?: string;
          target_type?: string;
          user_id?: string;
        };
        Relationships: [
          {
            foreignKeyName: "likes_user_id_fkey";
            columns: ["user_id"];
            isOneToOne: false;
            referencedRelation: "users";
            referencedColumns: ["id"];
          },
        ];
      };
      memberships: {
        Row: {
          access_note: string | null;
          access_until: string | null;
          created_at: string;
          current_period_end: string | null;
          id: string;
          lapsed_at: string | null;
          status: string;
          stripe_customer_id: string | null;
          stripe_subscription_id: string | null;
          tier: string | null;
          tier_rank: number;
          updated_at: string;
          user_id: string;
        };
        Insert: {
          access_note?: string | null;
          access_until?: string | null;
          created_at?: string;
          current_period_end?: string | null;
          id?: string;
          lapsed_at?: string | null;
          status: string;
          stripe_customer_id?: string | null;
          stripe_subscription_id?: string | null;
          tier?: string | null;
          tier_rank?: number;
          updated_at?: string;
          user_id: string;
        };
        Update: {
          access_note?: string | null;
          access_until?: string | null;
          created_at?: string;
          current_period_end?: string | null;
          id?: string;
          lapsed_at?: string | null;
          status?: string;
          stripe_customer_id?: string | null;
          stripe_subscription_id?: string | null;
          tier?: string | null;
          tier_rank?: number;
          updated_at?: string;
          user_id?: string;
        };
        Relationships: [
          {
            foreignKeyName: "memberships_user_id_fkey";
            columns: ["user_id"];
            isOneToOne: false;
            referencedRelation: "users";
            referencedColumns: ["id"];
          },
        ];
      };
      message_receipts: {
        Row: {
          conversation_id: string;
          created_at: string;
          id: string;
          message_id: string;
          participant_id: string;
          read_at: string | null;
          updated_at: string;
          user_id: string;
        };
        Insert: {
          conversation_id: string;
          created_at?: string;
          id?: string;
          message_id: string;
          participant_id: string;
          read_at?: string | null;
          updated_at?: string;
          user_id: string;
        };
        Update: {
          conversation_id?: string;
          created_at?: string;
          id?: string;
          message_id?: string;
          participant_id?: string;
          read_at?: string | null;
          updated_at?: string;
          user_id?: string;
        };
        Relationships: [
          {
            foreignKeyName: "message_receipts_conversation_id_fkey";
            columns: ["conversation_id"];
            isOneToOne: false;
            referencedRelation: "conversations";
            referencedColumns: ["id"];
          },
          {
            foreignKeyName: "message_receipts_message_id_conversation_id_fkey";
            columns: ["message_id", "conversation_id"];
            isOneToOne: false;
            referencedRelation: "messages";
            referencedColumns: ["id", "conversation_id"];
          },
          {
            foreignKeyName: "message_receipts_message_id_fkey";
            columns: ["message_id"];
            isOneToOne: false;
            referencedRelation: "messages";
            referencedColumns: ["id"];
          },
          {
            foreignKeyName: "message_receipts_participant_id_conversation_id_user_id_fkey";
            columns: ["participant_id", "conversation_id", "user_id"];
            isOneToOne: false;
            referencedRelation: "conversation_participants";
            referencedColumns: ["id", "conversation_id", "user_id"];
          },
          {
            foreignKeyName: "message_receipts_participant_id_fkey";
            columns: ["participant_id"];
            isOneToOne: false;
            referencedRelation: "conversation_participants";
            referencedColumns: ["id"];
          },
          {
            foreignKeyName: "message_receipts_user_id_fkey";
            columns: ["user_id"];
            isOneToOne: false;
            referencedRelation: "users";
            referencedColumns: ["id"];
          },
        ];
      };
      messages: {
        Row: {
          content: string;
          conversation_id: string;
          created_at: string;
          id: string;
          read_at: string | null;
          sender_id: string;
          sender_name: string | null;
        };
        Insert: {
          content: string;
          conversation_id: string;
          created_at?: string;
          id?: string;
          read_at?: never;
          sender_id: string;
          sender_name?: never;
        };
        Update: {
          content?: string;
          conversation_id?: string;
          created_at?: string;
          id?: string;
          read_at?: never;
          sender_id?: string;
          sender_name?: never;
        };
        Relationships: [
          {
            foreignKeyName: "messages_conversation_id_fkey";
            columns: ["conversation_id"];
            isOneToOne: false;
            referencedRelation: "conversations";
            referencedColumns: ["id"];
          },
          {
            foreignKeyName: "messages_sender_id_fkey";
            columns: ["sender_id"];
            isOneToOne: false;
            referencedRelation: "users";
            referencedColumns: ["id"];
          },
        ];
      };
      modules: {
        Row: {
          course_id: string;
          created_at: string;
          id: string;
          lesson_count: number;
          order: number;
          title: string;
          updated_at: string;
        };
        Insert: {
          course_id: string;
          created_at?: string;
          id?: string;
          lesson_count?: never;
          order?: number;
          title: string;
          updated_at?: string;
        };
        Update: {
          course_id?: string;
          created_at?: string;
          id?: string;
          lesson_count?: never;
          order?: number;
          title?: string;
          updated_at?: string;
        };
        Relationships: [
          {
            foreignKeyName: "modules_course_id_fkey";
            columns: ["course_id"];
            isOneToOne: false;
            referencedRelation: "courses";
            referencedColumns: ["id"];
          },
        ];
      };
      notifications: {
        Row: {
          actor_id: string | null;
          actor_name: string | null;
          created_at: string;
          data: NonNullable<Json>;
          id: string;
          read: boolean;
          type: string;
          updated_at: string;
          user_id: string;
        };
        Insert: {
          actor_id?: string | null;
          actor_name?: never;
          created_at?: string;
          data?: NonNullable<Json>;
          id?: string;
          read?: boolean;
          type: string;
          updated_at?: string;
          user_id: string;
        };
        Update: {
          actor_id?: string | null;
          actor_name?: never;
          created_at?: string;
          data?: NonNullable<Json>;
          id?: string;
          read?: boolean;
          type?: string;
          updated_at?: string;
          user_id?: string;
        };
        Relationships: [
          {
            foreignKeyName: "notifications_actor_id_fkey";
            columns: ["actor_id"];
            isOneToOne: false;
            referencedRelation: "users";
            referencedColumns: ["id"];
          },
          {
            foreignKeyName: "notifications_user_id_fkey";
            columns: ["user_id"];
            isOneToOne: false;
            referencedRelation: "users";
            referencedColumns: ["id"];
          },
        ];
      };
      points: {
        Row: {
          action: string;
          amount: number;
          created_at: string;
          id: string;
          reference_id: string | null;
          reference_type: string | null;
          user_id: string;
        };
        Insert: {
          action: string;
          amount: number;
          created_at?: string;
          id?: string;
          reference_id?: string | null;
          reference_type?: string | null;
          user_id: string;
        };
        Update: {
          action?: string;
          amount?: number;
          created_at?: string;
          id?: string;
          reference_id?: string | null;
          reference_type?: string | null;
          user_id?: string;
        };
        Relationships: [
          {
            foreignKeyName: "points_user_id_fkey";
            columns: ["user_id"];
            isOneToOne: false;
            referencedRelation: "users";
            referencedColumns: ["id"];
          },
        ];
      };
      posts: {
        Row: {
          author_avatar: string | null;
          author_id: string;
          author_name: string | null;
          comment_count: number;
          content: string;
          created_at: string;
          deleted_at: string | null;
          id: string;
          like_count: number;
          space_id: string;
          updated_at: string;
        };
        Insert: {
          author_avatar?: never;
          author_id: string;
          author_name?: never;
          comment_count?: never;
          content: string;
          created_at?: string;
          deleted_at?: string | null;
          id?: string;
          like_count?: never;
          space_id: string;
          updated_at?: string;
        };
        Update: {
          author_avatar?: never;
          author_id?: string;
          author_name?: never;
          comment_count?: never;
          content?: string;
          created_at?: string;
          deleted_at?: string | null;
          id?: string;
          like_count?: never;
          space_id?: string;
          updated_at?: string;
        };
        Relationships: [
          {
            foreignKeyName: "posts_author_id_fkey";
            columns: ["author_id"];
            isOneToOne: false;
            referencedRelation: "users";
            referencedColumns: ["id"];
          },
          {
            foreignKeyName: "posts_space_id_fkey";
            columns: ["space_id"];
            isOneToOne: false;
            referencedRelation: "spaces";
            referencedColumns: ["id"];
          },
        ];
      };
      reports: {
        Row: {
          created_at: string;
          id: string;
          reason: string;
          reporter_id: string;
          resolved_at: string | null;
          resolved_by: string | null;
          status: string;
          target_id: string;
          target_type: string;
          updated_at: string;
        };
        Insert: {
          created_at?: string;
          id?: string;
          reason: string;
          reporter_id: string;
          resolved_at?: string | null;
          resolved_by?: string | null;
          status?: string;
          target_id: string;
          target_type: string;
          updated_at?: string;
        };
        Update: {
          created_at?: string;
          id?: string;
          reason?: string;
          reporter_id?: string;
          resolved_at?: string | null;
          resolved_by?: string | null;
          status?: string;
          target_id?: string;
          target_type?: string;
          updated_at?: string;
        };
        Relationships: [
          {
            foreignKeyName: "reports_reporter_id_fkey";
            columns: ["reporter_id"];
            isOneToOne: false;
            referencedRelation: "users";
            referencedColumns: ["id"];
          },
          {
            foreignKeyName: "reports_resolved_by_fkey";
            columns: ["resolved_by"];
            isOneToOne: false;
            referencedRelation: "users";
            referencedColumns: ["id"];
          },
        ];
      };
      rsvps: {
        Row: {
          created_at: string;
          event_id: string;
          id: string;
          status: string;
          updated_at: string;
          user_id: string;
        };
        Insert: {
          created_at?: string;
          event_id: string;
          id?: string;
          status: string;
          updated_at?: string;
          user_id: string;
        };
        Update: {
          created_at?: string;
          event_id?: string;
          id?: string;
          status?: string;
          updated_at?: string;
          user_id?: string;
        };
        Relationships: [
          {
            foreignKeyName: "rsvps_event_id_fkey";
            columns: ["event_id"];
            isOneToOne: false;
            referencedRelation: "events";
            referencedColumns: ["id"];
          },
          {
            foreignKeyName: "rsvps_user_id_fkey";
            columns: ["user_id"];
            isOneToOne: false;
            referencedRelation: "users";
            referencedColumns: ["id"];
          },
        ];
      };
      space_visits: {
        Row: {
          created_at: string;
          id: string;
          last_visited_at: string;
          space_id: string;
          updated_at: string;
          user_id: string;
        };
        Insert: {
          created_at?: string;
          id?: string;
          last_visited_at?: string;
          space_id: string;
          updated_at?: string;
          user_id: string;
        };
        Update: {
          created_at?: string;
          id?: string;
          last_visited_at?: string;
          space_id?: string;
          updated_at?: string;
          user_id?: string;
        };
        Relationships: [
          {
            foreignKeyName: "space_visits_space_id_fkey";
            columns: ["space_id"];
            isOneToOne: false;
            referencedRelation: "spaces";
            referencedColumns: ["id"];
          },
          {
            foreignKeyName: "space_visits_user_id_fkey";
            columns: ["user_id"];
            isOneToOne: false;
            referencedRelation: "users";
            referencedColumns: ["id"];
          },
        ];
      };
      spaces: {
        Row: {
          created_at: string;
          deleted_at: string | null;
          description: string | null;
          icon: string | null;
          id: string;
          name: string;
          order: number;
          post_permission: string;
          required_tier: string | null;
          updated_at: string;
          visibility: string;
        };
        Insert: {
          created_at?: string;
          deleted_at?: string | null;
          description?: string | null;
          icon?: string | null;
          id?: string;
          name: string;
          order?: number;
          post_permission?: string;
          required_tier?: string | null;
          updated_at?: string;
          visibility?: string;
        };
        Update: {
          created_at?: string;
          deleted_at?: string | null;
          description?: string | null;
          icon?: string | null;
          id?: string;
          name?: string;
          order?: number;
          post_permission?: string;
          required_tier?: string | null;
          updated_at?: string;
          visibility?: string;
        };
        Relationships: [];
      };
      stripe_charges: {
        Row: {
          account: string;
          answered: number;
          asked: number;
          charge_id: string;
          created_at: string;
          dispute_status: string | null;
          disputed_at: string | null;
          id: string;
          livemode: boolean;
          period_end: string | null;
          refunded_at: string | null;
          subscription_id: string | null;
          updated_at: string;
        };
        Insert: {
          account?: string;
          answered?: number;
          asked?: number;
          charge_id: string;
          created_at?: string;
          dispute_status?: string | null;
          disputed_at?: string | null;
          id?: string;
          livemode: boolean;
          period_end?: string | null;
          refunded_at?: string | null;
          subscription_id?: string | null;
          updated_at?: string;
        };
        Update: {
          account?: string;
          answered?: number;
          asked?: number;
          charge_id?: string;
          created_at?: string;
          dispute_status?: string | null;
          disputed_at?: string | null;
          id?: string;
          livemode?: boolean;
          period_end?: string | null;
          refunded_at?: string | null;
          subscription_id?: string | null;
          updated_at?: string;
        };
        Relationships: [];
      };
      stripe_customers: {
        Row: {
          account: string;
          created_at: string;
          customer_id: string;
          gone_at: string | null;
          id: string;
          livemode: boolean;
          updated_at: string;
          user_id: string | null;
        };
        Insert: {
          account?: string;
          created_at?: string;
          customer_id: string;
          gone_at?: string | null;
          id?: string;
          livemode: boolean;
          updated_at?: string;
          user_id?: string | null;
        };
        Update: {
          account?: string;
          created_at?: string;
          customer_id?: string;
          gone_at?: string | null;
          id?: string;
          livemode?: boolean;
          updated_at?: string;
          user_id?: string | null;
        };
        Relationships: [
          {
            foreignKeyName: "stripe_customers_user_id_fkey";
            columns: ["user_id"];
            isOneToOne: false;
            referencedRelation: "users";
            referencedColumns: ["id"];
          },
        ];
      };
      stripe_events: {
        Row: {
          account: string;
          api_version: string | null;
          attempts: number;
          created_at: string;
          customer_id: string | null;
          event_id: string;
          id: string;
          last_error: string | null;
          livemode: boolean;
          next_at: string | null;
          note: string | null;
          object_id: string | null;
          occurred_at: string;
          payload: string;
          status: string;
          subscription_id: string | null;
          type: string;
          updated_at: string;
        };
        Insert: {
          account?: string;
          api_version?: string | null;
          attempts?: number;
          created_at?: string;
          customer_id?: string | null;
          event_id: string;
          id?: string;
          last_error?: string | null;
          livemode: boolean;
          next_at?: string | null;
          note?: string | null;
          object_id?: string | null;
          occurred_at: string;
          payload: string;
          status?: string;
          subscription_id?: string | null;
          type: string;
          updated_at?: string;
        };
        Update: {
          account?: string;
          api_version?: string | null;
          attempts?: number;
          created_at?: string;
          customer_id?: string | null;
          event_id?: string;
          id?: string;
          last_error?: string | null;
          livemode?: boolean;
          next_at?: string | null;
          note?: string | null;
          object_id?: string | null;
          occurred_at?: string;
          payload?: string;
          status?: string;
          subscription_id?: string | null;
          type?: string;
          updated_at?: string;
        };
        Relationships: [];
      };
      stripe_subscriptions: {
        Row: {
          account: string;
          answered: number;
          asked: number;
          cancel_at: string | null;
          cancel_at_period_end: boolean;
          created_at: string;
          current_period_end: string | null;
          current_period_start: string | null;
          customer_id: string | null;
          grace_from: string | null;
          has_pending_update: boolean;
          id: string;
          items: NonNullable<Json>;
          latest_invoice_id: string | null;
          livemode: boolean;
          pause_collection: string | null;
          price_ids: string[];
          product_ids: string[];
          schedule_id: string | null;
          status: string | null;
          subscription_id: string;
          tier: string | null;
          tier_rank: number;
          trial_end: string | null;
          updated_at: string;
          user_id: string | null;
        };
        Insert: {
          account?: string;
          answered?: number;
          asked?: number;
          cancel_at?: string | null;
          cancel_at_period_end?: boolean;
          created_at?: string;
          current_period_end?: string | null;
          current_period_start?: string | null;
          customer_id?: string | null;
          grace_from?: string | null;
          has_pending_update?: boolean;
          id?: string;
          items?: NonNullable<Json>;
          latest_invoice_id?: string | null;
          livemode: boolean;
          pause_collection?: string | null;
          price_ids?: string[];
          product_ids?: string[];
          schedule_id?: string | null;
          status?: string | null;
          subscription_id: string;
          tier?: string | null;
          tier_rank?: number;
          trial_end?: string | null;
          updated_at?: string;
          user_id?: string | null;
        };
        Update: {
          account?: string;
          answered?: number;
          asked?: number;
          cancel_at?: string | null;
          cancel_at_period_end?: boolean;
          created_at?: string;
          current_period_end?: string | null;
          current_period_start?: string | null;
          customer_id?: string | null;
          grace_from?: string | null;
          has_pending_update?: boolean;
          id?: string;
          items?: NonNullable<Json>;
          latest_invoice_id?: string | null;
          livemode?: boolean;
          pause_collection?: string | null;
          price_ids?: string[];
          product_ids?: string[];
          schedule_id?: string | null;
          status?: string | null;
          subscription_id?: string;
          tier?: string | null;
          tier_rank?: number;
          trial_end?: string | null;
          updated_at?: string;
          user_id?: string | null;
        };
        Relationships: [
          {
            foreignKeyName: "stripe_subscriptions_user_id_fkey";
            columns: ["user_id"];
            isOneToOne: false;
            referencedRelation: "users";
            referencedColumns: ["id"];
          },
        ];
      };
      users: {
        Row: {
          avatar_storage_id: string | null;
          avatar_url: string | null;
          bio: string | null;
          created_at: string;
          follower_count: number;
          following_count: number;
          id: string;
          level: number;
          name: string;
          notification_prefs: NonNullable<Json>;
          points: number;
          role: string;
          updated_at: string;
          visibility: string;
        };
        Insert: {
          avatar_storage_id?: string | null;
          avatar_url?: string | null;
          bio?: string | null;
          created_at?: string;
          follower_count?: never;
          following_count?: never;
          id: string;
          level?: never;
          name: string;
          notification_prefs?: NonNullable<Json>;
          points?: never;
          role?: string;
          updated_at?: string;
          visibility?: string;
        };
        Update: {
          avatar_storage_id?: string | null;
          avatar_url?: string | null;
          bio?: string | null;
          created_at?: string;
          follower_count?: never;
          following_count?: never;
          id?: string;
          level?: never;
          name?: string;
          notification_prefs?: NonNullable<Json>;
          points?: never;
          role?: string;
          updated_at?: string;
          visibility?: string;
        };
        Relationships: [];
      };
    };
    Views: {
      [_ in never]: never;
    };
    Functions: {
      [_ in never]: never;
    };
    Enums: {
      [_ in never]: never;
    };
    CompositeTypes: {
      [_ in never]: never;
    };
  };
  tracker: {
    Tables: {
      content_items: {
        Row: {
          content_id: string;
          content_type: string;
          created_at: string;
          id: string;
          platform: string;
          published_date: string;
          title: string;
          updated_at: string;
          user_id: string;
        };
        Insert: {
          content_id: string;
          content_type: string;
          created_at?: string;
          id?: string;
          platform: string;
          published_date: string;
          title: string;
          updated_at?: string;
          user_id: string;
        };
        Update: {
          content_id?: string;
          content_type?: string;
          created_at?: string;
          id?: string;
          platform?: string;
          published_date?: string;
          title?: string;
          updated_at?: string;
          user_id?: string;
        };
        Relationships: [];
      };
      content_metrics: {
        Row: {
          comments: number;
          content_id: string;
          created_at: string;
          id: string;
          likes: number;
          metric_date: string;
          revenue: number;
          shares: number;
          subscribers: number;
          swipe_rate: number | null;
          updated_at: string;
          user_id: string;
          views: number;
        };
        Insert: {
          comments?: number;
          content_id: string;
          created_at?: string;
          id?: string;
          likes?: number;
          metric_date: string;
          revenue?: number;
          shares?: number;
          subscribers?: number;
          swipe_rate?: number | null;
          updated_at?: string;
          user_id: string;
          views?: number;
        };
        Update: {
          comments?: number;
          content_id?: string;
          created_at?: string;
          id?: string;
          likes?: number;
          metric_date?: string;
          revenue?: number;
          shares?: number;
          subscribers?: number;
          swipe_rate?: number | null;
          updated_at?: string;
          user_id?: string;
          views?: number;
        };
        Relationships: [
          {
            foreignKeyName: "content_metrics_user_id_content_id_fkey";
            columns: ["user_id", "content_id"];
            isOneToOne: false;
            referencedRelation: "content_items";
            referencedColumns: ["user_id", "content_id"];
          },
        ];
      };
      financial_metrics: {
        Row: {
          created_at: string;
          id: string;
          mrr: number;
          net_worth: number;
          updated_at: string;
          user_id: string;
        };
        Insert: {
          created_at?: string;
          id?: string;
          mrr?: number;
          net_worth?: number;
          updated_at?: string;
          user_id: string;
        };
        Update: {
          created_at?: string;
          id?: string;
          mrr?: number;
          net_worth?: number;
          updated_at?: string;
          user_id?: string;
        };
        Relationships: [];
      };
      goals: {
        Row: {
          category: string;
          created_at: string;
          current_total: number;
          goal_id: string;
          id: string;
          is_numeric: boolean;
          monthly: NonNullable<Json>;
          monthly_targets: NonNullable<Json>;
          name: string;
          progress_pct: number;
          unit: string;
          updated_at: string;
          user_id: string;
          yearly_target: number;
        };
        Insert: {
          category: string;
          created_at?: string;
          current_total?: never;
          goal_id: string;
          id?: string;
          is_numeric?: boolean;
          monthly?: NonNullable<Json>;
          monthly_targets?: NonNullable<Json>;
          name: string;
          progress_pct?: never;
          unit: string;
          updated_at?: string;
          user_id: string;
          yearly_target: number;
        };
        Update: {
          category?: string;
          created_at?: string;
          current_total?: never;
          goal_id?: string;
          id?: string;
          is_numeric?: boolean;
          monthly?: NonNullable<Json>;
          monthly_targets?: NonNullable<Json>;
          name?: string;
          progress_pct?: never;
          unit?: string;
          updated_at?: string;
          user_id?: string;
          yearly_target?: number;
        };
        Relationships: [];
      };
      kanban_boards: {
        Row: {
          board_id: string;
          created_at: string;
          description: string | null;
          id: string;
          name: string;
          updated_at: string;
          user_id: string;
        };
        Insert: {
          board_id: string;
          created_at?: string;
          description?: string | null;
          id?: string;
          name: string;
          updated_at?: string;
          user_id: string;
        };
        Update: {
          board_id?: string;
          created_at?: string;
          description?: string | null;
          id?: string;
          name?: string;
          updated_at?: string;
          user_id?: string;
        };
        Relationships: [];
      };
      kanban_columns: {
        Row: {
          board_id: string;
          color: string;
          column_id: string;
          created_at: string;
          id: string;
          position: number;
          title: string;
          updated_at: string;
          user_id: string;
        };
        Insert: {
          board_id: string;
          color: string;
          column_id: string;
          created_at?: string;
          id?: string;
          position: number;
          title: string;
          updated_at?: string;
          user_id: string;
        };
        Update: {
          board_id?: string;
          color?: string;
          column_id?: string;
          created_at?: string;
          id?: string;
          position?: number;
          title?: string;
          updated_at?: string;
          user_id?: string;
        };
        Relationships: [
          {
            foreignKeyName: "kanban_columns_user_id_board_id_fkey";
            columns: ["user_id", "board_id"];
            isOneToOne: false;
            referencedRelation: "kanban_boards";
            referencedColumns: ["user_id", "board_id"];
          },
        ];
      };
      kanban_tasks: {
        Row: {
          assignee: string | null;
          board_id: string;
          column_id: string;
          created_at: string;
          deleted_at: string | null;
          description: string | null;
          due_date: string | null;
          id: string;
          is_deleted: boolean;
          labels: NonNullable<Json>;
          position: number;
          priority: string;
          task_id: string;
          time_spent: number;
          title: string;
          updated_at: string;
          user_id: string;
        };
        Insert: {
          assignee?: string | null;
          board_id: string;
          column_id: string;
          created_at?: string;
          deleted_at?: string | null;
          description?: string | null;
          due_date?: string | null;
          id?: string;
          is_deleted?: never;
          labels?: NonNullable<Json>;
          position?: number;
          priority: string;
          task_id: string;
          time_spent?: number;
          title: string;
          updated_at?: string;
          user_id: string;
        };
        Update: {
          assignee?: string | null;
          board_id?: string;
          column_id?: string;
          created_at?: string;
          deleted_at?: string | null;
          description?: string | null;
          due_date?: string | null;
          id?: string;
          is_deleted?: never;
          labels?: NonNullable<Json>;
          position?: number;
          priority?: string;
          task_id?: string;
          time_spent?: number;
          title?: string;
          updated_at?: string;
          user_id?: string;
        };
        Relationships: [
          {
            foreignKeyName: "kanban_tasks_user_id_board_id_column_id_fkey";
            columns: ["user_id", "board_id", "column_id"];
            isOneToOne: false;
            referencedRelation: "kanban_columns";
            referencedColumns: ["user_id", "board_id", "column_id"];
          },
        ];
      };
      metrics: {
        Row: {
          created_at: string;
          data: NonNullable<Json>;
          date: string;
          id: string;
          updated_at: string;
          user_id: string;
        };
        Insert: {
          created_at?: string;
          data?: NonNullable<Json>;
          date: string;
          id?: string;
          updated_at?: string;
          user_id: string;
        };
        Update: {
          created_at?: string;
          data?: NonNullable<Json>;
          date?: string;
          id?: string;
          updated_at?: string;
          user_id?: string;
        };
        Relationships: [];
      };
      platform_metrics: {
        Row: {
          created_at: string;
          id: string;
          metric_name: string;
          metric_value: number;
          platform: string;
          updated_at: string;
          user_id: string;
          week_key: string | null;
        };
        Insert: {
          created_at?: string;
          id?: string;
          metric_name: string;
          metric_value?: number;
          platform: string;
          updated_at?: string;
          user_id: string;
          week_key?: string | null;
        };
        Update: {
          created_at?: string;
          id?: string;
          metric_name?: string;
          metric_value?: number;
          platform?: string;
          updated_at?: string;
          user_id?: string;
          week_key?: string | null;
        };
        Relationships: [];
      };
      roadmaps: {
        Row: {
          created_at: string;
          data: NonNullable<Json>;
          id: string;
          roadmap_id: string;
          updated_at: string;
          user_id: string;
        };
        Insert: {
          created_at?: string;
          data?: NonNullable<Json>;
          id?: string;
          roadmap_id: string;
          updated_at?: string;
          user_id: string;
        };
        Update: {
          created_at?: string;
          data?: NonNullable<Json>;
          id?: string;
          roadmap_id?: string;
          updated_at?: string;
          user_id?: string;
        };
        Relationships: [];
      };
      skill_progression: {
        Row: {
          category: string;
          created_at: string;
          current_level: number;
          id: string;
          progress_data: NonNullable<Json>;
          skill_id: string;
          skill_name: string;
          target_level: number;
          updated_at: string;
          user_id: string;
        };
        Insert: {
          category: string;
          created_at?: string;
          current_level?: number;
          id?: string;
          progress_data?: NonNullable<Json>;
          skill_id: string;
          skill_name: string;
          target_level?: number;
          updated_at?: string;
          user_id: string;
        };
        Update: {
          category?: string;
          created_at?: string;
          current_level?: number;
          id?: string;
          progress_data?: NonNullable<Json>;
          skill_id?: string;
          skill_name?: string;
          target_level?: number;
          updated_at?: string;
          user_id?: string;
        };
        Relationships: [];
      };
      sprints: {
        Row: {
          created_at: string;
          id: string;
          sprint_id: string | null;
          start_date: string;
          status: string;
          updated_at: string;
          user_id: string;
        };
        Insert: {
          created_at?: string;
          id?: string;
          sprint_id?: never;
          start_date: string;
          status: string;
          updated_at?: string;
          user_id: string;
        };
        Update: {
          created_at?: string;
          id?: string;
          sprint_id?: never;
          start_date?: string;
          status?: string;
          updated_at?: string;
          user_id?: string;
        };
        Relationships: [];
      };
      user_configs: {
        Row: {
          config_key: string;
          config_value: NonNullable<Json>;
          created_at: string;
          id: string;
          updated_at: string;
          user_id: string;
        };
        Insert: {
          config_key: string;
          config_value: NonNullable<Json>;
          created_at?: string;
          id?: string;
          updated_at?: string;
          user_id: string;
        };
        Update: {
          config_key?: string;
          config_value?: NonNullable<Json>;
          created_at?: string;
          id?: string;
          updated_at?: string;
          user_id?: string;
        };
        Relationships: [];
      };
      user_kpis: {
        Row: {
          category: string;
          color: string;
          created_at: string;
          id: string;
          is_active: boolean;
          is_average: boolean;
          is_reverse_scoring: boolean;
          kpi_id: string;
          min_target: number | null;
          name: string;
          sort_order: number;
          target: number;
          unit: string;
          updated_at: string;
          user_id: string;
        };
        Insert: {
          category: string;
          color?: string;
          created_at?: string;
          id?: string;
          is_active?: boolean;
          is_average?: boolean;
          is_reverse_scoring?: boolean;
          kpi_id: string;
          min_target?: number | null;
          name: string;
          sort_order?: number;
          target?: number;
          unit: string;
          updated_at?: string;
          user_id: string;
        };
        Update: {
          category?: string;
          color?: string;
          created_at?: string;
          id?: string;
          is_active?: boolean;
          is_average?: boolean;
          is_reverse_scoring?: boolean;
          kpi_id?: string;
          min_target?: number | null;
          name?: string;
          sort_order?: number;
          target?: number;
          unit?: string;
          updated_at?: string;
          user_id?: string;
        };
        Relationships: [];
      };
      user_profiles: {
        Row: {
          created_at: string;
          display_name: string | null;
          id: string;
          is_admin: boolean;
          updated_at: string;
          user_preferences: NonNullable<Json>;
          username: string;
        };
        Insert: {
          created_at?: string;
          display_name?: string | null;
          id: string;
          is_admin?: boolean;
          updated_at?: string;
          user_preferences?: NonNullable<Json>;
          username: string;
        };
        Update: {
          created_at?: string;
          display_name?: string | null;
          id?: string;
          is_admin?: boolean;
          updated_at?: string;
          user_preferences?: NonNullable<Json>;
          username?: string;
        };
        Relationships: [];
      };
      weekly_content_metrics: {
        Row: {
          created_at: string;
          id: string;
          metric_type: string;
          metric_value: number;
          platform: string;
          updated_at: string;
          user_id: string;
          week_key: string;
        };
        Insert: {
          created_at?: string;
          id?: string;
          metric_type: string;
          metric_value?: number;
          platform: string;
          updated_at?: string;
          user_id: string;
          week_key: string;
        };
        Update: {
          created_at?: string;
          id?: string;
          metric_type?: string;
          metric_value?: number;
          platform?: string;
          updated_at?: string;
          user_id?: string;
          week_key?: string;
        };
        Relationships: [];
      };
      weekly_kpi_entries: {
        Row: {
          category: string;
          color: string;
          completion_rate: number;
          created_at: string;
          current_value: number;
          id: string;
          is_completed: boolean;
          kpi_id: string;
          min_target_value: number | null;
          name: string;
          target_value: number;
          unit: string;
          updated_at: string;
          user_id: string;
          week_key: string;
        };
        Insert: {
          category: string;
          color?: string;
          completion_rate?: never;
          created_at?: string;
          current_value?: number;
          id?: string;
          is_completed?: never;
          kpi_id: string;
          min_target_value?: number | null;
          name: string;
          target_value: number;
          unit: string;
          updated_at?: string;
          user_id: string;
          week_key: string;
        };
        Update: {
          category?: string;
          color?: string;
          completion_rate?: never;
          created_at?: string;
          current_value?: number;
          id?: string;
          is_completed?: never;
          kpi_id?: string;
          min_target_value?: number | null;
          name?: string;
          target_value?: number;
          unit?: string;
          updated_at?: string;
          user_id?: string;
          week_key?: string;
        };
        Relationships: [];
      };
      weekly_kpis: {
        Row: {
          created_at: string;
          data: NonNullable<Json>;
          id: string;
          updated_at: string;
          user_id: string;
          week_key: string;
        };
        Insert: {
          created_at?: string;
          data: NonNullable<Json>;
          id?: string;
          updated_at?: string;
          user_id: string;
          week_key: string;
        };
        Update: {
          created_at?: string;
          data?: NonNullable<Json>;
          id?: string;
          updated_at?: string;
          user_id?: string;
          week_key?: string;
        };
        Relationships: [];
      };
    };
    Views: {
      [_ in never]: never;
    };
    Functions: {
      [_ in never]: never;
    };
    Enums: {
      [_ in never]: never;
    };
    CompositeTypes: {
      [_ in never]: never;
    };
  };
};

type DatabaseWithoutInternals = Omit<Database, "__InternalSupabase">;

type DefaultSchema = DatabaseWithoutInternals[Extract<keyof Database, "public">];

export type Tables<
  DefaultSchemaTableNameOrOptions extends
    | keyof (DefaultSchema["Tables"] & DefaultSchema["Views"])
    | { schema: keyof DatabaseWithoutInternals },
  TableName extends (DefaultSchemaTableNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals;
  } ? keyof (
      & DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"]
      & DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Views"]
    )
    : never) = never,
> = DefaultSchemaTableNameOrOptions extends {
  schema: keyof DatabaseWithoutInternals;
} ? (
    & DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"]
    & DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Views"]
  )[TableName] extends {
    Row: infer R;
  } ? R
  : never
  : DefaultSchemaTableNameOrOptions extends keyof (
    & DefaultSchema["Tables"]
    & DefaultSchema["Views"]
  ) ? (
      & DefaultSchema["Tables"]
      & DefaultSchema["Views"]
    )[DefaultSchemaTableNameOrOptions] extends {
      Row: infer R;
    } ? R
    : never
  : never;

export type TablesInsert<
  DefaultSchemaTableNameOrOptions extends
    | keyof DefaultSchema["Tables"]
    | { schema: keyof DatabaseWithoutInternals },
  TableName extends (DefaultSchemaTableNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals;
  } ? keyof DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"]
    : never) = never,
> = DefaultSchemaTableNameOrOptions extends {
  schema: keyof DatabaseWithoutInternals;
} ? DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"][TableName] extends {
    Insert: infer I;
  } ? I
  : never
  : DefaultSchemaTableNameOrOptions extends keyof DefaultSchema["Tables"]
    ? DefaultSchema["Tables"][DefaultSchemaTableNameOrOptions] extends {
      Insert: infer I;
    } ? I
    : never
  : never;

export type TablesUpdate<
  DefaultSchemaTableNameOrOptions extends
    | keyof DefaultSchema["Tables"]
    | { schema: keyof DatabaseWithoutInternals },
  TableName extends (DefaultSchemaTableNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals;
  } ? keyof DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"]
    : never) = never,
> = DefaultSchemaTableNameOrOptions extends {
  schema: keyof DatabaseWithoutInternals;
} ? DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"][TableName] extends {
    Update: infer U;
  } ? U
  : never
  : DefaultSchemaTableNameOrOptions extends keyof DefaultSchema["Tables"]
    ? DefaultSchema["Tables"][DefaultSchemaTableNameOrOptions] extends {
      Update: infer U;
    } ? U
    : never
  : never;

export type Enums<
  DefaultSchemaEnumNameOrOptions extends
    | keyof DefaultSchema["Enums"]
    | { schema: keyof DatabaseWithoutInternals },
  EnumName extends (DefaultSchemaEnumNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals;
  } ? keyof DatabaseWithoutInternals[DefaultSchemaEnumNameOrOptions["schema"]]["Enums"]
    : never) = never,
> = DefaultSchemaEnumNameOrOptions extends {
  schema: keyof DatabaseWithoutInternals;
} ? DatabaseWithoutInternals[DefaultSchemaEnumNameOrOptions["schema"]]["Enums"][EnumName]
  : DefaultSchemaEnumNameOrOptions extends keyof DefaultSchema["Enums"]
    ? DefaultSchema["Enums"][DefaultSchemaEnumNameOrOptions]
  : never;

export type CompositeTypes<
  PublicCompositeTypeNameOrOptions extends
    | keyof DefaultSchema["CompositeTypes"]
    | { schema: keyof DatabaseWithoutInternals },
  CompositeTypeName extends (PublicCompositeTypeNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals;
  } ? keyof DatabaseWithoutInternals[PublicCompositeTypeNameOrOptions["schema"]]["CompositeTypes"]
    : never) = never,
> = PublicCompositeTypeNameOrOptions extends {
  schema: keyof DatabaseWithoutInternals;
} ? DatabaseWithoutInternals[PublicCompositeTypeNameOrOptions["schema"]]["CompositeTypes"][CompositeTypeName]
  : PublicCompositeTypeNameOrOptions extends keyof DefaultSchema["CompositeTypes"]
    ? DefaultSchema["CompositeTypes"][PublicCompositeTypeNameOrOptions]
  : never;

export const Constants = {
  academy: {
    Enums: {},
  },
  coaching: {
    Enums: {},
  },
  community: {
    Enums: {},
  },
  public: {
    Enums: {},
  },
  tracker: {
    Enums: {},
  },
} as const;
