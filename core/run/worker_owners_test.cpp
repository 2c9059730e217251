// What a worker makes of owners, for those who are not root.
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

namespace {

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
