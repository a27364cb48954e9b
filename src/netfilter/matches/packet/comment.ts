import type { CommentMatch } from "../../match.ts";
import { cutText, quoteWord } from "../../rule-text/words.ts";
import type { MatchExtension } from "../extension.ts";

/** The kernel keeps 255 bytes of a comment (XT_MAX_COMMENT_LEN less the final zero). */
export const longestComment = 255;

let last: CommentMatch = { kind: "comment", text: "" };

export const commentExtension: MatchExtension<CommentMatch> = {
  modules: ["comment"],
  options: { "--comment": { required: true } },
  decode(options, scope) {
    const { value } = options.required("--comment");
    // What a kernel has is not too long; a character that it cut in two is longer as text than as bytes.
    const text = scope.strict ? cutText(value, longestComment) : value;
    // The rules of one endpoint stand together and have the same comment: one value for both.
    if (last.text !== text) last = { kind: "comment", text };
    return last;
  },
  save: (match) => ` -m comment --comment ${quoteWord(match.text)}`,
  list: (match) => ` /* ${match.text} */`,
};
