#include "core/cli/habits.hpp"

#include <array>

namespace slipway::cli {
namespace {

struct Habit {
  std::string_view option;
  const char* instead;
};

constexpr const char* kTerminal =
    "leave it out: where standard input, output and error are terminals the program has one; --tty yes|no says "
    "otherwise";
constexpr const char* kBind = "a file or directory of the host is bound with --bind SRC:DST[:ro]";
constexpr const char* kNetwork =
    "--use network=net-host shares the host's network, net-none has none, net-loopback (the default) has lo alone";
constexpr const char* kNamespace = R"(as in --set 'isolation.namespaces={"pid":"host"}')";
constexpr const char* kPorts = "no port is mapped; --use network=net-host shares the host's network";

constexpr std::array kHabits = {
    Habit{"-it", kTerminal},
    Habit{"-ti", kTerminal},
    Habit{"-i", kTerminal},
    Habit{"-t", kTerminal},
    Habit{"--interactive", kTerminal},
    Habit{"--rm", "leave it out: nothing of a run stays"},
    Habit{"--volume", kBind},
    Habit{"--mount", kBind},
    Habit{"--net", kNetwork},
    Habit{"--network", kNetwork},
    Habit{"-p", kPorts},
    Habit{"--publish", kPorts},
    Habit{"-d", "slipway run stays in the foreground: end the line with & instead"},
    Habit{"--detach", "slipway run stays in the foreground: end the line with & instead"},
    Habit{"--name", "a run has no name; --hostname NAME is the container's own"},
    Habit{"--privileged", "--set harden=[] leaves the hardening out; as root nothing else is taken away"},
    Habit{"--read-only", "--set rootfs.upper=none"},
    Habit{"--platform", "--set image.platform=linux/arm64, for an OCI image layout"},
    Habit{"--add-host", R"(--set 'pseudo.pseudo-etc.extra_hosts=["ADDRESS NAME"]')"},
    Habit{"--dns", R"(--set 'pseudo.pseudo-etc.dns=["ADDRESS"]')"},
    Habit{"--pid", kNamespace},
    Habit{"--ipc", kNamespace},
    Habit{"--uts", kNamespace},
    Habit{"--userns", "--set isolation.user=auto|none|single, or ranges"},
};

}  // namespace

const char* docker_habit(std::string_view option) {
  for (const Habit& habit : kHabits) {
    if (habit.option == option) return habit.instead;
  }
  return nullptr;
}

}  // namespace slipway::cli
