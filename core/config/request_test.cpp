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

// "SOURCE|TARGET|ACCESS", or "error: …" with the hint behind a bar.
std::string bind_of(const std::string& argument) {
  auto change = parse_bind(argument);
  if (!change) return "error: " + sentence(change.error()) + " | " + change.error().hint;
  return change->words.at(0) + "|" + change->words.at(1) + "|" + change->words.at(2);
}

TEST_CASE("--bind takes a source, a target and how it may be used, with colons of paths escaped") {
  CHECK(bind_of("/a:/b") == "/a|/b|read_write");
  CHECK(bind_of("./a b:/b:ro") == "./a b|/b|read_only");
  CHECK(bind_of("/a:/b:rw") == "/a|/b|read_write");
  CHECK(bind_of(R"(/a\:b:/c\:d:ro)") == "/a:b|/c:d|read_only");
  CHECK(bind_of(R"(/back\slash:/b)") == R"(/back\slash|/b|read_write)");
  const std::string colons = R"( | a colon that belongs to a path is written \:)";
  const std::string shape = " | it is written --bind SRC:DST or SRC:DST:ro";
  CHECK(bind_of("/a") == "error: read --bind: /a" + shape);
  CHECK(bind_of("") == "error: read --bind" + shape);
  CHECK(bind_of(":/b") == "error: read --bind: :/b" + shape);
  CHECK(bind_of("/a:b:/c:d") == "error: read --bind: /a:b:/c:d" + colons);
  CHECK(bind_of("/a:/b:c") ==
        "error: read --bind: /a:/b:c | behind the target stands ro, rw or nothing, not c; " + colons.substr(3));
  CHECK(bind_of("/a:b") == "error: read --bind: /a:b | the target is an absolute path inside: /b");
  CHECK(bind_of("/a://") ==
        "error: read --bind: /a:// | the container's root is the rootfs stage's: name a directory below it");
}

}  // namespace
}  // namespace slipway::config
