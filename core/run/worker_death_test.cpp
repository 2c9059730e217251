// What becomes of a worker that dies, is killed, or is taken over by a plugin, and of what it was making.
#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <csignal>
#include <filesystem>
#include <functional>

#include "core/store/store.hpp"
#include "tests/support/archive.hpp"
#include "tests/support/scratch.hpp"
#include "tests/support/skip.hpp"
#include "tests/support/tree.hpp"
#include "tests/support/users.hpp"
#include "tests/support/worker_setup.hpp"

using namespace slipway;
using namespace slipway::run;
using namespace slipway::tests;

TEST_CASE("a layer that is being unpacked when everything is killed is not there afterwards") {
  if (!is_root()) SLIPWAY_SKIP("needs root");
  const TemporaryDirectory directory;
  ImageSpec image;
  image.tags = {"large:1"};
  std::vector<TarEntry> many;
  for (int i = 0; i < 20'000; ++i) many.push_back(file("d/" + std::to_string(i), "x"));
  image.layers = {{make_tar(many), Packing::plain}};
  const std::string archive = docker_save({image}, Layout::docker25);
  Setup setup(archive, directory.path());
  auto mine = linux::make_pipe();
  REQUIRE(mine);
  setup.staging.reset();
  const pid_t supervisor = ::fork();
  if (supervisor == 0) {
    setup.take_staging();
    auto worker = Worker::start(setup.context);
    auto resolution = worker ? worker->resolve(Setup::document()) : tl::unexpected(worker.error());
    (void)linux::write_all(mine->b, "u");
    if (resolution) (void)worker->unpack(resolution->fact.layers, setup.form);
    ::_exit(0);
  }
  char begun = 0;
  REQUIRE(linux::read_exactly(mine->a, &begun, 1));
  const std::string staging = setup.store->path() + "/staging";
  const auto first_in = [](const std::string& path) {
    std::error_code error;
    const std::filesystem::directory_iterator found(path, error);
    return found == std::filesystem::directory_iterator() ? std::string() : found->path().string();
  };
  std::string own;
  while (own.empty() && ::waitpid(supervisor, nullptr, WNOHANG) == 0) {
    own = first_in(staging);
    if (!own.empty() && first_in(own).empty()) own.clear();
  }
  REQUIRE_FALSE(own.empty());
  ::kill(supervisor, SIGKILL);
  ::waitpid(supervisor, nullptr, 0);
  // The worker dies of its supervisor's death; its lock says when.
  {
    const Fd left = open_file(own);
    REQUIRE(::flock(left.get(), LOCK_EX) == 0);
  }
  CHECK(entries_in(setup.store->path() + "/layers") == 0);
  CHECK(entries_in(own) > 0);
  setup.take_staging();
  Worker worker = expect(Worker::start(setup.context));
  const Resolution resolution = expect(worker.resolve(Setup::document()));
  (void)setup.unpack(std::move(worker), resolution.fact.layers);
  CHECK(entries_in(staging) == 0);
  CHECK(entries_in(setup.layer(digest(image.layers[0].tar)) + "/d") == 20'000);
}

TEST_CASE("a worker that dies is told in one sentence") {
  if (!is_root()) SLIPWAY_SKIP("needs root");
  const TemporaryDirectory directory;
  Setup setup(docker_save({standard_image()}, Layout::docker25), directory.path());
  SECTION("the program is missing") {
    setup.context.program = directory / "nothing";
    const auto worker = Worker::start(setup.context);
    REQUIRE_FALSE(worker);
    CHECK_THAT(words(worker.error()), Catch::Contains("start the worker that unpacks images: ") &&
                                          Catch::EndsWith("/nothing: No such file or directory"));
  }
  SECTION("the program is none") {
    write_file(directory / "text", "hello");
    ::chmod((directory / "text").c_str(), 0755);
    setup.context.program = directory / "text";
    const auto worker = Worker::start(setup.context);
    REQUIRE_FALSE(worker);
    CHECK(words(worker.error()) == "start the worker that unpacks images: image.tar: run slipway-worker: ENOEXEC");
  }
  SECTION("it is another program") {
    setup.context.program = "/bin/true";
    const auto worker = Worker::start(setup.context);
    REQUIRE_FALSE(worker);
    CHECK_THAT(words(worker.error()), Catch::Contains("the worker ended without an answer"));
  }
  SECTION("the plugin is no library") {
    write_file(directory / "text.so", "hello");
    const Fd text = open_file(directory / "text.so");
    setup.context.plugin = &text;
    const auto worker = Worker::start(setup.context);
    REQUIRE_FALSE(worker);
    CHECK_THAT(words(worker.error()), Catch::Contains("load plugin image-docker-save"));
  }
  SECTION("the user wants to stop") {
    auto stop = linux::make_pipe();
    REQUIRE(stop);
    Worker worker = expect(Worker::start(setup.context));
    setup.context.interruption = &stop->a;
    bool means_it = false;
    setup.context.is_meant = [&] {
      char sign = 0;
      if (!means_it) (void)linux::read_exactly(stop->a, &sign, 1);
      return std::exchange(means_it, true);
    };
    const auto stopped = [&]() -> WorkerResult<Resolution> {
      REQUIRE(linux::write_all(stop->b, "x"));
      auto other = Worker::start(setup.context);  // goes on: the first sign is not meant
      if (!other) return tl::unexpected(other.error());
      REQUIRE(linux::write_all(stop->b, "x"));
      return other->resolve(Setup::document());
    }();
    REQUIRE_FALSE(stopped);
    CHECK(stopped.error().error.code == EINTR);
  }
}

TEST_CASE("a plugin that takes the worker over reaches its staging directory and nothing else") {
  if (!is_root()) SLIPWAY_SKIP("needs root");
  const TemporaryDirectory directory;
  Setup setup(docker_save({standard_image()}, Layout::docker25), directory.path());
  setup.plugin = open_file(SLIPWAY_FIXTURES "/fixture-takeover.so");
  setup.context.plugin_name = "fixture-takeover";
  Worker worker = expect(Worker::start(setup.context));
  const auto resolution = worker.resolve(Setup::document());
  REQUIRE_FALSE(resolution);
  CHECK(
      resolution.error().reports.at(0).message ==
      "inside=done above=ENOENT start=ENOENT chmod=EROFS chown=EROFS xattr=EROFS times=EROFS null=EROFS plugin=EBADF");
  CHECK(std::filesystem::is_empty(directory / "store/starts"));
}

TEST_CASE("what killed workers have left is swept by the next one") {
  if (!is_root()) SLIPWAY_SKIP("needs root");
  const TemporaryDirectory directory;
  const ImageSpec image = standard_image();
  Setup setup(docker_save({image}, Layout::docker25), directory.path());
  std::filesystem::create_directories(setup.store->path() + "/staging/" + setup.form + ".0123456789abcdef/half/tree");
  std::filesystem::create_directories(setup.store->path() + "/staging/1-another-exact.0123456789abcdef");
  setup.take_staging();
  Worker worker = expect(Worker::start(setup.context));
  const Resolution resolution = expect(worker.resolve(Setup::document()));
  (void)setup.unpack(std::move(worker), resolution.fact.layers);
  CHECK(entries_in(setup.store->path() + "/staging") == 1);
  CHECK(entries_in(setup.store->path() + "/layers") == 3);
}
