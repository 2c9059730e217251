// The worker as it is: its program, its cage, the image plugin, the store.
#include "core/run/worker.hpp"

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

using namespace slipway;
using namespace slipway::run;
using namespace slipway::tests;
using slipway::linux::Fd;

namespace {

Fd open_file(const std::string& path) { return Fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC)); }

std::string words(const WorkerFailure& failure) {
  std::string text = sentence(failure.error);
  for (const auto& report : failure.reports) text += " | " + report.at + ": " + report.message;
  return text;
}

template <class T>
T expect(WorkerResult<T> result) {
  if (!result) throw std::runtime_error(words(result.error()));
  return std::move(*result);
}

// An image's archive with all that a worker is given for it. The plain members come first, for `context` borrows them.
struct Setup {
  explicit Setup(const std::string& archive, const std::string& directory, linux::IdMap map = {})
      : source(make_source(archive, directory)), plugin(open_file(SLIPWAY_PLUGINS "/image-docker-save.so")) {
    auto opened = store::Store::open(directory + "/store");
    if (!opened) throw std::runtime_error(sentence(opened.error()));
    store.emplace(std::move(*opened));
    form = store::form_of(map, store::Owners::squashed);
    take_staging();
    context.program = SLIPWAY_WORKER;
    context.source = &source;
    context.source_name = "image.tar";
    context.plugin = &plugin;
    context.plugin_name = "image-docker-save";
    context.map = std::move(map);
  }

  // As a run does: a new directory for the worker.
  void take_staging() {
    auto taken = store::Staging::in_store(store->directory(), form);
    if (!taken) throw std::runtime_error(sentence(taken.error()));
    staging.reset();
    staging.emplace(std::move(*taken));
    context.staging = &staging->directory();
  }

  // Unpacks, and gives the layers their names.
  store::Unpacked unpack(Worker worker, const std::vector<store::LayerSource>& layers) {
    auto unpacked = expect(worker.unpack(layers, form));
    for (const auto& one : layers) {
      const std::string entry = store::layer_entry(one.diff_id, form);
      if (auto kept = staging->commit(entry, {}); !kept) throw std::runtime_error(sentence(kept.error()));
    }
    staging.reset();
    return unpacked;
  }

  static Fd make_source(const std::string& archive, const std::string& directory) {
    write_file(directory + "/image.tar", archive);
    return open_file(directory + "/image.tar");
  }

  static std::string document() { return R"({"options":{"source":"image.tar","image":""}})"; }

  WorkerResult<Resolution> resolve() {
    auto worker = Worker::start(context);
    if (!worker) return tl::unexpected(worker.error());
    return worker->resolve(document());
  }

  [[nodiscard]] std::string layer(const std::string& diff_id) const {
    return store->path() + "/layers/" + store::layer_entry(diff_id, form) + "/tree";
  }

  Fd source, plugin;
  std::optional<store::Store> store{};
  std::optional<store::Staging> staging{};
  WorkerContext context{};
  std::string form{};
};

std::size_t entries_in(const std::string& directory) {
  return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(directory), {}));
}

std::string image_with_layer(const std::vector<TarEntry>& entries) {
  ImageSpec image;
  image.tags = {"bad:1"};
  image.layers = {{make_tar({file("good")}), Packing::plain}, {make_tar(entries), Packing::gzip}};
  return docker_save({image}, Layout::docker25);
}

bool is_root() { return ::geteuid() == 0; }

// Runs `act` as that user in a process of its own; its complaint, or "".
std::string as_user(const User& user, const std::function<void()>& act) {
  auto pipe = linux::make_pipe();
  if (!pipe) return "no pipe";
  const pid_t child = ::fork();
  if (child == 0) {
    const char* problem = "";
    std::string text;
    try {
      const gid_t none = user.gid;
      if (::setgroups(1, &none) != 0 || ::setresgid(user.gid, user.gid, user.gid) != 0 ||
          ::setresuid(user.uid, user.uid, user.uid) != 0) {
        throw std::runtime_error("cannot become the user");
      }
      // A change of user closes /proc/self to oneself, and with it the id maps of one's children; proc(5).
      ::prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
      act();
    } catch (const std::exception& thrown) {
      text = thrown.what();
      problem = text.c_str();
    }
    (void)linux::write_all(pipe->b, problem);
    ::_exit(0);
  }
  pipe->b.reset();
  auto said = linux::read_all(pipe->a, 65536);
  ::waitpid(child, nullptr, 0);
  return said ? *said : "no answer";
}

}  // namespace

TEST_CASE("a worker resolves an image and unpacks its layers into the store") {
  if (!is_root()) SLIPWAY_SKIP("needs root");
  const TemporaryDirectory directory;
  for (const Packing packing : {Packing::plain, Packing::gzip, Packing::zstd}) {
    const std::string place = directory / std::to_string(static_cast<int>(packing));
    std::filesystem::create_directory(place);
    const ImageSpec image = standard_image(packing);
    Setup setup(docker_save({image}, Layout::docker25), place);
    Worker worker = expect(Worker::start(setup.context));
    const Resolution resolution = expect(worker.resolve(Setup::document()));
    CHECK(resolution.fact.id == id_of(image));
    CHECK(resolution.fact.name == "box:latest");
    CHECK(resolution.fact.settings.cmd == std::vector<std::string>{"/bin/sh"});
    const store::Unpacked unpacked = setup.unpack(std::move(worker), resolution.fact.layers);
    CHECK(unpacked.losses.empty());
    CHECK(unpacked.entries > 20);

    const auto base = describe_tree(setup.layer(digest(image.layers[0].tar)));
    CHECK(base.at("bin/sh") == "l 0:0 ->busybox");
    CHECK(base.at("home/app") == "d 0750 1000:1000");
    CHECK(base.at("tmp") == "d 1777 0:0");
    CHECK(to_text(describe_tree(setup.layer(digest(image.layers[1].tar)))) ==
          ": d 0755 0:0\netc: d 0755 0:0\netc/motd: c 0000 0:0 0:0\nopt: d 0755 0:0\n"
          "opt/cache: d 0755 0:0 user.overlay.opaque=y\nopt/cache/new: f 0644 0:0 =new\n\n");
    CHECK(entries_in(setup.store->path() + "/staging") == 0);
    for (const auto& layer : resolution.fact.layers) CHECK_FALSE(*setup.store->find_layer(layer.diff_id, setup.form));
  }
}

TEST_CASE("the store hands out what a worker has unpacked, and asks no second time") {
  if (!is_root()) SLIPWAY_SKIP("needs root");
  const TemporaryDirectory directory;
  const ImageSpec image = standard_image();
  Setup setup(docker_save({image}, Layout::legacy), directory.path());
  const Resolution resolution = expect(setup.resolve());
  std::vector<std::string> diff_ids;
  for (const auto& layer : resolution.fact.layers) diff_ids.push_back(layer.diff_id);
  int asked = 0;
  const auto unpack = [&](std::span<const std::size_t> missing, const Fd& staging) -> Result<store::LayerLosses> {
    ++asked;
    std::vector<store::LayerSource> layers;
    for (const std::size_t i : missing) layers.push_back(resolution.fact.layers[i]);
    setup.context.staging = &staging;
    auto worker = expect(Worker::start(setup.context));
    return expect(worker.unpack(layers, setup.form)).losses;
  };
  for (int round = 0; round < 2; ++round) {
    const auto layers = setup.store->layers(diff_ids, setup.form, unpack);
    REQUIRE(layers);
    REQUIRE(layers->size() == 3);
    struct stat status {};
    CHECK(::fstatat((*layers)[0].tree.get(), "bin/busybox", &status, 0) == 0);
  }
  CHECK(asked == 1);
}

TEST_CASE("a merged tree shows what overlay would show") {
  if (!is_root()) SLIPWAY_SKIP("needs root");
  const TemporaryDirectory directory;
  Setup setup(docker_save({standard_image()}, Layout::docker25), directory.path());
  std::filesystem::create_directory(directory / "tree");
  const Fd target = open_file(directory / "tree");
  setup.context.target = &target;
  setup.context.staging = nullptr;
  Worker worker = expect(Worker::start(setup.context));
  const Resolution resolution = expect(worker.resolve(Setup::document()));
  (void)expect(worker.merge(resolution.fact.layers));
  const auto tree = describe_tree(directory / "tree");
  CHECK(tree.count("etc/motd") == 0);
  CHECK(tree.count("opt/cache/old") == 0);
  CHECK(tree.at("opt/cache") == "d 0755 0:0");
  CHECK(tree.at("opt/cache/new") == "f 0644 0:0 =new\n");
  CHECK(tree.at("home/app/notes") == "f 0640 1000:1000 =of app\n");
  CHECK(tree.at("etc/hello.again") == "h etc/hello");

  const auto again = worker.merge(resolution.fact.layers);
  REQUIRE_FALSE(again);
  CHECK(words(again.error()) == "unpack: image.tar: the directory is not empty");
}

TEST_CASE("a bad archive is one clear error, and nothing of it is left") {
  if (!is_root()) SLIPWAY_SKIP("needs root");
  const ImageSpec image = standard_image();
  auto wrong_layer = docker_save_entries({image}, Layout::docker25);
  entry_named(wrong_layer, "blobs/sha256/" + digest_hex(image.layers[2].tar)).content =
      make_tar({file("etc/hello", "other")});
  auto wrong_config = docker_save_entries({image}, Layout::docker25);
  std::string& config = entry_named(wrong_config, "blobs/sha256/" + id_of(image).substr(7)).content;
  config.replace(config.find("amd64"), 5, "arm64");
  const std::string whole = docker_save({image}, Layout::docker25);
  struct Row {
    const char* what;
    std::string archive, expected;
  };
  const std::vector<Row> rows = {
      {"no archive", "hello", "read the image's archive: image.tar: it is not an archive that slipway can read"},
      {"truncated", whole.substr(0, whole.size() / 2), "image.tar: it is truncated: 'blobs/sha256/"},
      {"no manifest", make_tar({file("x")}), "| /options/source: the archive has no manifest.json"},
      {"a wrong layer", make_tar(wrong_layer),
       "the layer's content is not what the image names: its digest is sha256:"},
      {"a wrong config", make_tar(wrong_config),
       "read the image's configuration: image.tar: its content is not what the image names: its digest is sha256:"},
      {"dots", image_with_layer({file("../evil")}), "entry '../evil' has '..' in its name"},
      {"a link to nowhere", image_with_layer({soft_link("l", "/no/where"), file("l/evil")}),
       "entry 'l/evil' lies behind the link 'l', which leads nowhere in the layer"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.what);
    const TemporaryDirectory directory;
    Setup setup(row.archive, directory.path());
    auto worker = Worker::start(setup.context);
    auto resolution = worker ? worker->resolve(Setup::document()) : tl::unexpected(worker.error());
    auto unpacked =
        resolution ? worker->unpack(resolution->fact.layers, setup.form) : tl::unexpected(resolution.error());
    REQUIRE_FALSE(unpacked);
    CHECK_THAT(words(unpacked.error()), Catch::Contains(row.expected));
    CHECK((!unpacked.error().error.hint.empty() || !unpacked.error().reports.at(0).hint.empty()));
    std::filesystem::create_directory(directory / "tree");
    const Fd target = open_file(directory / "tree");
    setup.context.target = &target;
    setup.context.staging = nullptr;
    if (resolution) {
      auto merger = expect(Worker::start(setup.context));
      const auto merged = merger.merge(resolution->fact.layers);
      REQUIRE_FALSE(merged);
      CHECK_THAT(words(merged.error()), Catch::Contains(row.expected));
    }
    CHECK(entries_in(directory / "tree") == 0);
    CHECK(entries_in(directory / "store/layers") == 0);
    CHECK(entries_in(directory / "store/staging/") == 1);
    for (const auto& staging : std::filesystem::directory_iterator(directory / "store/staging")) {
      CHECK(entries_in(staging.path()) == 0);
    }
  }
}

TEST_CASE("an ordinary user unpacks with all owners in the subordinate range") {
  const auto user = user_with_range();
  if (!user) SLIPWAY_SKIP(user.error());
  const Scratch scratch;
  const std::string home = scratch.directory("home", user->uid, user->gid, 0700);
  CHECK(as_user(*user, [&] {
          auto map = linux::automatic_id_map();
          if (!map || map->single()) throw std::runtime_error("no range");
          const ImageSpec image = standard_image();
          Setup setup(docker_save({image}, Layout::docker25), home, *map);
          Worker worker = expect(Worker::start(setup.context));
          const Resolution resolution = expect(worker.resolve(Setup::document()));
          const store::Unpacked unpacked = setup.unpack(std::move(worker), resolution.fact.layers);
          if (!unpacked.losses.empty()) throw std::runtime_error("something was lost");
          struct stat app {
          }, root{};
          ::stat((setup.layer(image.layers.empty() ? "" : digest(image.layers[0].tar)) + "/home/app").c_str(), &app);
          ::stat((setup.layer(digest(image.layers[0].tar)) + "/etc").c_str(), &root);
          if (root.st_uid != ::geteuid()) throw std::runtime_error("root's files are not the user's");
          if (app.st_uid != map->uids.at(1).outside + 999) throw std::runtime_error("app's files have another owner");
        }) == "");
}

TEST_CASE("an ordinary user with one id unpacks with all owners squashed, and is told") {
  const auto user = user_without_range();
  if (!user) SLIPWAY_SKIP(user.error());
  const Scratch scratch;
  const std::string home = scratch.directory("home", user->uid, user->gid, 0700);
  CHECK(as_user(*user, [&] {
          auto map = linux::automatic_id_map();
          if (!map || !map->single()) throw std::runtime_error("not one id");
          ImageSpec image = standard_image();
          image.layers.push_back({make_tar({character_device("dev/null", 1, 3)}), Packing::plain});
          Setup setup(docker_save({image}, Layout::docker25), home, *map);
          Worker worker = expect(Worker::start(setup.context));
          const Resolution resolution = expect(worker.resolve(Setup::document()));
          const store::Unpacked unpacked = setup.unpack(std::move(worker), resolution.fact.layers);
          if (!store::is_squashed(setup.form)) throw std::runtime_error("the form is not squashed");
          store::Losses lost;
          for (const auto& [diff_id, losses] : unpacked.losses) lost += losses;
          if (lost.owners_lost != 2) throw std::runtime_error("squashed " + std::to_string(lost.owners_lost));
          if (lost.devices_skipped != 1) throw std::runtime_error("a device was made");
          const auto tree = describe_tree(setup.layer(digest(image.layers[1].tar)));
          if (!tree.at("opt/cache").ends_with("user.overlay.opaque=y")) throw std::runtime_error("not opaque");
          if (!tree.at("etc/motd").starts_with("c 0000")) throw std::runtime_error("no deletion");
        }) == "");
}

TEST_CASE("where owners must be exact and cannot be, the worker leaves nothing and tells of all of them") {
  const auto user = user_without_range();
  if (!user) SLIPWAY_SKIP(user.error());
  const Scratch scratch;
  const std::string home = scratch.directory("home", user->uid, user->gid, 0700);
  CHECK(as_user(*user, [&] {
          Setup setup(docker_save({standard_image()}, Layout::docker25), home, linux::single_id_map());
          setup.context.owners = store::Owners::exact;
          Worker worker = expect(Worker::start(setup.context));
          const Resolution resolution = expect(worker.resolve(Setup::document()));
          const auto unpacked = expect(worker.unpack(resolution.fact.layers, setup.form));
          store::Losses lost;
          for (const auto& [diff_id, losses] : unpacked.losses) lost += losses;
          if (lost.owners_lost != 2) throw std::runtime_error("lost " + std::to_string(lost.owners_lost));
          if (lost.highest_uid != 1000 || lost.highest_gid != 1000) throw std::runtime_error("another id");
          if (lost.first_owners.at(0).path != "/home/app") throw std::runtime_error(lost.first_owners.at(0).path);
          const std::string staged = std::filesystem::directory_iterator(setup.store->path() + "/staging")->path();
          if (!std::filesystem::is_empty(staged)) throw std::runtime_error("something was left");
        }) == "");
}

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
  while (entries_in(staging) == 0) ::sched_yield();
  const std::string own = std::filesystem::directory_iterator(staging)->path();
  while (entries_in(own) == 0) ::sched_yield();
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
