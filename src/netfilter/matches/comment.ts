import type { CommentMatch } from "../match.ts";
import { quoteWord } from "../rule-text/words.ts";
import type { MatchExtension } from "./extension.ts";

/** The kernel keeps 255 bytes of a comment (XT_MAX_COMMENT_LEN less the final zero). */
export const longestComment = 255;

/** The first `longestComment` bytes of a comment's UTF-8; a character cut in two is lost. */
export function cutComment(text: string): string {
  if (text.length * 3 <= longestComment) return text;
  const bytes = new TextEncoder().encode(text);
  if (bytes.length <= longestComment) return text;
  return new TextDecoder().decode(bytes.subarray(0, longestComment)).replace(/\uFFFD$/, "");
}

export const commentExtension: MatchExtension<CommentMatch> = {
  modules: ["comment"],
  options: { "--comment": { required: true } },
  decode: (options) => ({ kind: "comment", text: cutComment(options.required("--comment").value) }),
  save: (match) => ` -m comment --comment ${quoteWord(match.text)}`,
  list: (match) => ` /* ${match.text} */`,
};
