// slipway(1): what no table knows stands here, what the commands take comes from them.
#include <sstream>

#include "core/cli/completion.hpp"

namespace slipway::cli {
namespace {

constexpr const char* kHead = R"(.\" Written by `slipway completion man`.
.Dd November 1, 2026
.Dt SLIPWAY 1
.Os
.Sh NAME
.Nm slipway
.Nd compose containers out of stage plugins
.Sh SYNOPSIS
)";

constexpr const char* kDescription = R"(.Sh DESCRIPTION
.Nm
makes containers from a pipeline file or an image.
Every decision about how a container is made is a plugin's: where the image comes from, how its root file system is
built, what lies in
.Pa /dev ,
what is hardened, which network it has, what is executed.
The plugins plan steps, and
.Nm
carries them out, shows them, and takes them back.
There is no daemon, and it works for root and for ordinary users.
.Pp
A
.Ar TARGET
is a pipeline file or an image's source: an archive of
.Ql docker save ,
an OCI image layout, a root filesystem in a tar or a directory, or
.Ql -
for an archive on standard input.
Which of them, its content tells.
Options stand in front of it, and what stands behind it is the container's command.
.Sh COMMANDS
)";

constexpr const char* kTail = R"(.Sh ENVIRONMENT
.Bl -tag -width XDG_RUNTIME_DIR
.It Ev XDG_DATA_HOME , HOME
An ordinary user's store is
.Pa slipway
in the first, or else
.Pa .local/share/slipway
in the second.
.It Ev XDG_RUNTIME_DIR
The journals of an ordinary user's runs are in
.Pa slipway
in it, or else in
.Pa /tmp/slipway-UID .
.It Ev NO_COLOR
No colours on a terminal.
.El
.Sh FILES
.Bl -tag -width Ds
.It Pa /var/lib/slipway
Root's store: unpacked layers, and records of images and starts.
.It Pa /run/slipway
The journals of root's runs.
.It Pa /tmp/slipway-UID
Those of the runs of the ordinary user with that number, where XDG_RUNTIME_DIR is not set.
.It Pa /etc/subuid , Pa /etc/subgid
The ranges of ids that containers of ordinary users have.
.El
.Sh EXIT STATUS
.Nm Cm run
ends with the status of the container's program, or with
.Bl -tag -width 128+n
.It 125
when
.Nm
itself failed, or the user or the working directory is not to be had;
.It 126
when the program is there but cannot be run;
.It 127
when there is no such program;
.It 128+n
when it was killed by signal n.
.El
.Pp
The other commands end with 0, with 1 when there is a problem, and with 2 when they were called wrongly.
)";

constexpr const char* kEnd = R"(.Sh SEE ALSO
.Xr newuidmap 1 ,
.Xr subuid 5 ,
.Xr namespaces 7 ,
.Xr user_namespaces 7
.Sh SECURITY CONSIDERATIONS
Plugins are trusted code: they run in
.Nm Ns 's
own process.
The default pipeline as root is no security boundary, because root inside keeps its capabilities.
As an ordinary user, root inside is no more than that user and its subordinate ids outside.
)";

// Text of roff(7): a backslash is \e, a full stop or a quote that begins a line is no request, and each sentence has a
// line of its own.
std::string text_of(const std::string& words) {
  std::string text;
  for (const char letter : words) {
    const bool begins_line = text.empty() || text.back() == '\n';
    if (begins_line && (letter == '.' || letter == '\'')) text += "\\&";
    if (begins_line && letter == ' ') continue;
    text += letter == '\\' ? std::string("\\e") : std::string{letter};
    if (letter == ' ' && text.size() > 2 && text[text.size() - 2] == '.') text.back() = '\n';
  }
  return text;
}

// "-w,--workdir" and "DIR" as the macros' words; "Fl Fl x" is --x.
std::string names_of(const Option& option) {
  std::string text;
  for (const std::string& name : split_names(option.names)) {
    if (!text.empty()) text += " , ";
    text += name.starts_with("--") ? "Fl Fl " + name.substr(2) : "Fl " + name.substr(1);
  }
  return option.value.empty() ? text : text + " Ar " + option.value;
}

// Words of a usage: those in capitals are for the caller to replace.
std::string usage_of(const std::string& usage) {
  std::string text;
  std::string word;
  for (const char letter : usage + " ") {
    if (letter != ' ') {
      word += letter;
      continue;
    }
    if (word.empty()) continue;
    const bool is_placeholder = word.find_first_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ") != std::string::npos;
    text += (is_placeholder ? " Ar " : word == "|" ? " " : " Cm ") + word;
    word.clear();
  }
  return text;
}

std::string section_of(const Command& command) {
  std::string text = ".Ss slipway " + command.name + "\n" + text_of(command.summary) + "\n";
  text += ".Bl -tag -width Ds\n";
  for (const Option& option : shown_options(command))
    text += ".It " + names_of(option) + "\n" + text_of(option.help) + "\n";
  return text + ".El\n";
}

std::string examples_of(const std::vector<Command>& commands) {
  std::string text = ".Sh EXAMPLES\n";
  for (const Command& command : commands) {
    if (command.examples.empty()) continue;
    text +=
        (text.size() > 20 ? ".Pp\n" : "") + std::string("Of\n.Cm ") + command.name + " :\n.Bd -literal -offset 2n\n";
    std::string line;
    for (const char letter : command.examples) {
      if (letter != '\n') {
        line += letter == '\\' ? std::string("\\e") : std::string{letter};
        continue;
      }
      text += line.starts_with("  ") ? line.substr(2) : line;
      text += "\n";
      line.clear();
    }
    text += ".Ed\n";
  }
  return text;
}

// Lines of text, which man(1) fills anew anyway, are no longer than what mandoc's lint likes. Examples stay as they
// are.
std::string folded(const std::string& page) {
  constexpr std::size_t kWidth = 78;
  std::string text;
  bool literal = false;
  std::istringstream lines(page);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with(".Bd")) literal = true;
    if (line.starts_with(".Ed")) literal = false;
    while (!literal && line[0] != '.' && line.size() > kWidth) {
      const std::size_t end = line.rfind(' ', kWidth);
      if (end == std::string::npos) break;
      text += line.substr(0, end) + "\n";
      line.erase(0, end + 1);
      if (line[0] == '.' || line[0] == '\'') line.insert(0, "\\&");
    }
    text += line + "\n";
  }
  return text;
}

}  // namespace

std::string man_page(const std::vector<Command>& commands) {
  std::string text = kHead;
  for (const Command& command : commands) {
    text += ".Nm\n.Cm " + command.name + "\n.Op Ar OPTIONS\n";
    const std::string usage = usage_of(command.usage);
    if (!usage.empty()) text += "." + usage.substr(1) + "\n";
  }
  text += kDescription;
  for (const Command& command : commands) text += section_of(command);
  return folded(text + kTail + examples_of(commands) + kEnd);
}

}  // namespace slipway::cli
