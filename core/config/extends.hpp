// A pipeline file and those that it extends, laid over one another.
#pragma once

#include <string>
#include <vector>

#include "core/config/collector.hpp"
#include "core/config/config.hpp"
#include "core/config/value.hpp"

namespace slipway::config {

/// A file as it is, up to 1 MiB (EFBIG beyond). Does not wait: a FIFO that nobody writes to reads as empty.
Result<std::string> read_text_file(const std::string& path);

/// Lays the request's pipeline file over the document, and before it what its "extends" names: a file, or a list of
/// files of which each goes over those in front of it. A name is relative to the file that says so. What was read
/// besides the request's own file is added to `extended`. False where a file cannot be read or is no JSON: then nothing
/// more can be said about the pipeline.
bool lay_files_over(Value& document, const Request& request, Collector& collector, std::vector<ExtendedFile>& extended);

}  // namespace slipway::config
