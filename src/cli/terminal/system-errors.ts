const reasons: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EPERM: "not permitted",
  EROFS: "the file system is read-only",
  ENOSPC: "no space left on the device",
  EDQUOT: "the disk quota is used up",
  EFBIG: "the file would be larger than allowed",
  EMFILE: "too many open files",
  ENOTDIR: "a part of the path is no folder",
  EISDIR: "it is a folder",
  ENOENT: "there is no such folder",
  ENAMETOOLONG: "the name is too long",
  ELOOP: "its symbolic links form a loop",
  EBADF: "it is not open for writing",
  EIO: "the device reports an error",
};

/** Why a file can't be read; undefined for an error that is not the system's. */
export function describeReadError(error: unknown): string | undefined {
  return (error as Partial<NodeJS.ErrnoException> | undefined)?.code === "ENOENT"
    ? "it does not exist"
    : describeSystemError(error);
}

/** Why the system refused to read or write, in words; undefined for an error that is not the system's. */
export function describeSystemError(error: unknown): string | undefined {
  const { code, syscall } = (error ?? {}) as Partial<NodeJS.ErrnoException>;
  // Node refuses a path with a NUL before it asks the system.
  if (code === "ERR_INVALID_ARG_VALUE") return "it is no path";
  return code === undefined || syscall === undefined ? undefined : (reasons[code] ?? code);
}
