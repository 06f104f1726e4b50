"""How tables and functions are told to TypeScript, kind by kind."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field, IPvAnyAddress, JsonValue

from backend.cli.deno import run_deno
from backend.runtime.registration import Registry
from backend.runtime.typescript_documents import render_data_model
from backend.runtime.typescript_functions import render_api
from schema.language import (
    Catalog,
    Hidden,
    Index,
    JsonArray,
    JsonObject,
    PolymorphicRef,
    Ref,
    Shape,
    ShapeBy,
    Table,
    Timestamp,
)
from tests.types import functions
from tests.types.deno import CONFIG, diagnostics


class Words(BaseModel):
    body: str
    by_line: str | None = None
    links: dict[str, str] = Field(default_factory=dict)


class Film(BaseModel):
    seconds: int
    chapters: list[Words]
    extra: JsonValue = None


class Author(Table, name="authors", schema="library", extends="auth.users"):
    """One author."""

    updated_at: Timestamp


class Piece(Table, name="long_pieces", schema="library"):
    """One piece."""

    author_id: Ref[Author]
    editor_id: Ref[Author] | None = None
    answers_to: Ref["Piece"] | None = None
    kind: Literal["text", "film"]
    content: Annotated[JsonObject, ShapeBy("kind", text=Words, film=Film)]
    teaser: Annotated[JsonObject, ShapeBy("kind", text=Words, film=Words)] | None = None
    cover: Annotated[JsonObject, Shape(Words)] | None = None
    secret: Hidden[str]
    price: Decimal | None = None
    weight: float = 1.0
    pages: int
    printed_on: date
    seen_from: IPvAnyAddress | None = None
    tags: list[str] = Field(default_factory=list)
    marks: list[UUID] = Field(default_factory=list)
    notes: JsonArray = Field(default_factory=list)
    more: JsonObject | None = None
    is_open: bool = False

    indexes = (
        Index("by_author_id", "author_id"),
        Index("by_editor_id", "editor_id"),
        Index("by_answers_to", "answers_to"),
    )


class Note(Table, name="notes"):
    """One note on an author or a piece, or on nothing."""

    about: Literal["author", "piece"] | None = None
    about_id: (
        Annotated[UUID, PolymorphicRef("about", author="library.authors", piece="library.long_pieces")] | None
    )

    indexes = (Index("by_about", "about", "about_id"),)


DOCUMENTS = """\
/** The documents of each table. */
export interface Documents {
  /** One author. */
  libraryAuthors: {
    _id: Id<"libraryAuthors">;
    _creationTime: number;
    updatedAt: number;
  };
  /** One piece. */
  libraryLongPieces:
    & {
      _id: Id<"libraryLongPieces">;
      _creationTime: number;
      authorId: Id<"libraryAuthors">;
      editorId: Id<"libraryAuthors"> | null;
      answersTo: Id<"libraryLongPieces"> | null;
      cover: {
        body: string;
        by_line?: string | null;
        links?: { [key: string]: string };
      } | null;
      secret: string | null;
      price: number | null;
      weight: number;
      pages: number;
      printedOn: string;
      seenFrom: string | null;
      tags: string[];
      marks: string[];
      notes: Json[];
      more: { [key: string]: Json } | null;
      isOpen: boolean;
    }
    & (
      | {
        kind: "film";
        content: {
          seconds: number;
          chapters: Array<{
            body: string;
            by_line?: string | null;
            links?: { [key: string]: string };
          }>;
          extra?: Json;
        };
        teaser: {
          body: string;
          by_line?: string | null;
          links?: { [key: string]: string };
        } | null;
      }
      | {
        kind: "text";
        content: {
          body: string;
          by_line?: string | null;
          links?: { [key: string]: string };
        };
        teaser: {
          body: string;
          by_line?: string | null;
          links?: { [key: string]: string };
        } | null;
      }
    );
  /** One note on an author or a piece, or on nothing. */
  notes:
    & { _id: Id<"notes">; _creationTime: number }
    & (
      | { about: "author"; aboutId: Id<"libraryAuthors"> | null }
      | { about: "piece"; aboutId: Id<"libraryLongPieces"> | null }
      | { about: null; aboutId: null }
    );
}
"""

API = """\
// Generated from the functions in backend/handlers by `folkmoot types write`. Change those, not this.

import { anyApi, type FunctionReference, type PaginationOptions, type PaginationResult } from "convex/server";
import type { Doc, Id, Json } from "./dataModel.ts";

/** The functions that anyone may call. */
export const api = anyApi as unknown as {
  tests: {
    types: {
      functions: {
        import: FunctionReference<"mutation", "public", {
          drafts: Array<{
            spaceId: Id<"spaces">;
            titleLine?: string;
            tags?: Array<"news" | "help">;
          }>;
          at: number;
        }, {
          [key: string]: {
            spaceId: Id<"spaces">;
            titleLine: string;
            tags: Array<"news" | "help">;
          } | null;
        }>;
        /** Whatever there is. */
        plain: FunctionReference<"action", "public", {
          a: boolean;
          b: number;
          c: number;
          d: string;
          e: string;
          f: ArrayBuffer;
          g: Json;
        }, Id<"posts">[]>;
        /**
         * Posts that hold the words.
         *
         * Best first. A comment ends with *\\/ here.
         */
        search: FunctionReference<"query", "public", {
          words: string;
          paginationOpts: PaginationOptions;
          since?: number | null;
          most?: number;
        }, PaginationResult<Doc<"posts">>>;
      };
    };
  };
};

/** The functions that only our own code calls. */
export const internal = anyApi as unknown as {
  tests: {
    types: {
      functions: {
        /** Clean up. */
        sweep: FunctionReference<"mutation", "internal", Record<string, never>, null>;
      };
    };
  };
};
"""


async def test_every_type_of_column_has_its_type_in_documents(tmp_path: Path):
    text = await formatted(render_data_model(Catalog(Piece, Note, Author)))
    assert text[text.index("/** The documents") :] == DOCUMENTS
    (tmp_path / "dataModel.ts").write_text(text)
    assert await diagnostics(tmp_path / "dataModel.ts") == []


async def test_every_kind_of_function_has_its_reference():
    assert await formatted(render_api(Registry.of(functions))) == API


async def formatted(text: str) -> str:
    return await run_deno("fmt", "--ext=ts", "--config", CONFIG, "-", given=text)
