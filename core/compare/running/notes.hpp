// The file in which a comparison notes each run as soon as it is over, so that none is lost, whatever ends it.
#pragma once

#include <string>

#include "core/compare/outcome/outcome.hpp"
#include "core/linux/fd.hpp"

namespace slipway::compare {

class Notes {
 public:
  /// Begins the file anew, or one of its own in TMPDIR where `path` is empty.
  static Result<Notes> create(const std::string& path);
  /// Writes the outcome as it is over the notes that it was read from, all or nothing.
  static Result<Notes> go_on(const std::string& path, const Outcome& outcome);
  Notes(Notes&&) = default;
  Notes& operator=(Notes&&) = default;
  Notes(const Notes&) = delete;
  Notes& operator=(const Notes&) = delete;
  ~Notes() = default;

  Result<void> begin(const Outcome& outcome);
  /// One write a line: what is in the file is whole lines, but for the last one of a process that was killed.
  Result<void> add(const Run& run);
  /// What a block has added outlives a crash of the machine from now on.
  Result<void> sync();
  /// Nobody needs it any more.
  void remove();

  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  Notes(std::string path, linux::Fd file) : path_(std::move(path)), file_(std::move(file)) {}
  Result<void> write_line(const std::string& line);

  std::string path_;
  linux::Fd file_;
  std::int64_t size_ = 0;  ///< of whole lines
};

/// Notes of a comparison that was interrupted, without the runs of a block that was: it is run again.
Result<Outcome> outcome_of_notes(const std::string& path);

}  // namespace slipway::compare
