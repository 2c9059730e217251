#include "core/run/joining.hpp"

#include <sys/prctl.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstring>

#include "core/linux/namespaces.hpp"

namespace slipway::run {
namespace {

/// What the process between the two says, with a descriptor of the new process behind it where there is one.
struct Word {
  pid_t made = 0;
  int code = 0;
  std::array<char, 32> space{};  // that could not be joined; empty: the process could not be made
  std::array<char, 160> hint{};
};

template <std::size_t N>
void put(std::array<char, N>& into, const std::string& text) {
  std::strncpy(into.data(), text.c_str(), N - 1);
}

Result<void> join_all(const std::vector<JoinedNamespace>& joins, Word& word) {
  for (const JoinedNamespace& join : joins) {
    auto joined = linux::enter_namespace(join.file, join.space);
    // Who joins a user namespace has all power in it, and becomes its root to use it.
    if (joined && join.space == "user" && (::setresgid(0, 0, 0) != 0 || ::setresuid(0, 0, 0) != 0))
      joined = failure(errno, "become root of the user namespace", "", "it must map the id 0 inside");
    if (joined) continue;
    put(word.space, join.space);
    return joined;
  }
  return {};
}

[[noreturn]] void go_between(const std::vector<JoinedNamespace>& joins, std::uint64_t namespaces,
                             const linux::Fd& socket, const std::function<void()>& run) {
  (void)::prctl(PR_SET_PDEATHSIG, SIGKILL);
  Word word;
  linux::Process made;
  auto joined = join_all(joins, word);
  if (joined) {
    auto child = linux::clone_sibling(namespaces);
    if (child && child->pid == 0) {
      run();
      ::_exit(1);
    }
    if (child) {
      made = std::move(*child);
    } else {
      joined = tl::unexpected(child.error());
    }
  }
  word.made = made.pid;
  if (!joined) {
    word.code = joined.error().code;
    put(word.hint, joined.error().hint);
  }
  (void)linux::write_all(socket, &word, sizeof word);
  const std::array descriptors = {made.pidfd.get()};
  if (made.pidfd) (void)linux::send_descriptors(socket, descriptors);
  ::_exit(0);
}

}  // namespace

Result<std::vector<JoinedNamespace>> open_joins(const config::Isolation& isolation) {
  std::vector<JoinedNamespace> opened;
  for (const config::Join& join : isolation.joins) {
    auto file = join.path.empty() ? linux::open_namespace_of(join.process, join.space)
                                  : linux::open_namespace(join.path, join.space);
    if (!file) return tl::unexpected(file.error());
    opened.push_back({join.space, std::move(*file)});
  }
  return opened;
}

Result<linux::Process> clone_joined(const std::vector<JoinedNamespace>& joins, std::uint64_t namespaces,
                                    const std::function<void()>& run) {
  auto sockets = linux::make_socket_pair(linux::Socket::stream);
  if (!sockets) return tl::unexpected(sockets.error());
  auto between = linux::clone_process(0);
  if (!between) return tl::unexpected(between.error());
  if (between->pid == 0) {
    sockets->a.reset();
    go_between(joins, namespaces, sockets->b, [&] {
      sockets->b.reset();
      run();
    });
  }
  sockets->b.reset();
  Word word;
  auto heard = linux::read_exactly(sockets->a, &word, sizeof word);
  linux::Process made{word.made, {}};
  if (heard && word.made != 0) {
    auto descriptors = linux::receive_descriptors(sockets->a, 1);
    if (descriptors) made.pidfd = std::move(descriptors->front());
    heard = descriptors ? Result<void>() : tl::unexpected(descriptors.error());
  }
  linux::end_now(*between);
  if (!heard) return failure(0, "make the container's process in namespaces of others");
  if (word.made != 0) return made;
  const std::string space = word.space.data();
  return failure(word.code, space.empty() ? "make a process in new namespaces" : "join the " + space + " namespace", "",
                 word.hint.data());
}

}  // namespace slipway::run
