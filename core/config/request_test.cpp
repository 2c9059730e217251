#include "core/config/request.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <catch2/catch.hpp>

namespace slipway::config {
namespace {

Target target_with(const std::string& bytes) {
  const linux::Fd file(::memfd_create("target", MFD_CLOEXEC));
  REQUIRE(linux::write_all(file, bytes));
  const Target target = classify(file);
  CHECK(::lseek(file.get(), 0, SEEK_CUR) == static_cast<off_t>(bytes.size()));
  return target;
}

TEST_CASE("a target that begins with a brace or a comment is a pipeline, everything else an image") {
  CHECK(target_with("{}") == Target::pipeline_file);
  CHECK(target_with(" \n\t// comment\n{}") == Target::pipeline_file);
  CHECK(target_with("/* x */ {}") == Target::pipeline_file);
  CHECK(target_with("\xEF\xBB\xBF{") == Target::pipeline_file);
  CHECK(target_with(std::string(5000, ' ') + "{") == Target::pipeline_file);
  CHECK(target_with("") == Target::image_source);
  CHECK(target_with("   ") == Target::image_source);
  CHECK(target_with("manifest.json") == Target::image_source);
  CHECK(target_with(std::string("\x1F\x8B", 2)) == Target::image_source);
  CHECK(target_with(std::string(200000, ' ') + "{") == Target::image_source);
}

TEST_CASE("a directory and a pipe are images, and nothing is read out of the pipe") {
  CHECK(classify(linux::Fd(::open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC))) == Target::image_source);
  auto pipe = linux::make_pipe();
  REQUIRE(pipe);
  REQUIRE(linux::write_all(pipe->b, "{"));
  CHECK(classify(pipe->a) == Target::image_source);
  char byte = 0;
  CHECK(::read(pipe->a.get(), &byte, 1) == 1);
}

}  // namespace
}  // namespace slipway::config
