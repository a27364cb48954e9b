import { InvalidArgumentError, type Option } from "commander";

/** Takes one of the choices however its letters are written: `TCP` for `tcp`. */
export function anyCase(option: Option, choices: readonly string[]): Option {
  return option.choices(choices).argParser((text: string) => {
    const found = choices.find((choice) => choice.toLowerCase() === text.toLowerCase());
    if (found === undefined) throw new InvalidArgumentError(`Allowed choices are ${choices.join(", ")}.`);
    return found;
  });
}
