// The three files of /etc that say who the container is and whom it asks: hosts, hostname, resolv.conf. Each covers the
// image's by a bind mount, so that the image's own stays as it is.
#include <slipway/plugin.hpp>

#include "options.hpp"

namespace {

using slipway::steps::Absent;
using slipway::steps::Common;

struct PseudoEtc {
  Options options;

  void plan(slipway::Plan& plan) const {
    const std::string hostname = plan.isolation().hostname();
    if (!options.hosts && !options.extra_hosts.empty()) {
      plan.error("/options/extra_hosts", "there is no /etc/hosts to add them to", "leave out \"hosts\": false");
    }
    if (options.hosts) {
      plan.file({.target = {"/etc/hosts"}, .text = hosts(hostname)}, Common{.from = "/options/hosts"});
    }
    // Without a name of the container's own the image's file is as good as any.
    if (options.hostname && !hostname.empty()) {
      plan.file({.target = {"/etc/hostname"}, .text = hostname + "\n"}, Common{.from = "/options/hostname"});
    }
    resolv_conf(plan);
  }

 private:
  // localhost first, as what its addresses are called; the name on lines of its own, as hosts(5) takes the first name
  // of a line for the full one.
  [[nodiscard]] std::string hosts(const std::string& hostname) const {
    std::string text = "127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n";
    if (!hostname.empty() && hostname != "localhost") text += "127.0.0.1\t" + hostname + "\n::1\t" + hostname + "\n";
    for (const std::string& line : options.extra_hosts) text += line + "\n";
    return text;
  }

  void resolv_conf(slipway::Plan& plan) const {
    std::string text;
    for (const std::string& server : options.dns) text += "nameserver " + server + "\n";
    if (!options.dns_search.empty()) text += "search" + joined(options.dns_search) + "\n";
    if (!options.dns_options.empty()) text += "options" + joined(options.dns_options) + "\n";
    if (options.dns.empty() && !text.empty()) {
      const char* at = options.dns_search.empty() ? "/options/dns_options" : "/options/dns_search";
      return plan.error(at, "it says how to ask servers, but dns names none", "name them in \"dns\"");
    }
    if (!options.resolv_conf && !text.empty()) {
      return plan.error("/options/dns", "there is no /etc/resolv.conf to name them in",
                        "leave out \"resolv_conf\": false");
    }
    if (!options.resolv_conf) return;
    if (!text.empty()) {
      plan.file({.target = {"/etc/resolv.conf"}, .text = text}, Common{.from = "/options/dns"});
    } else {
      // A host without the file asks the name server on itself, and so does a container with an empty one;
      // resolv.conf(5). What the image was built with is nobody's.
      plan.file({.target = {"/etc/resolv.conf"}, .copy_of = {"/etc/resolv.conf"}, .absent = Absent::empty},
                Common{.from = "/options/resolv_conf"});
    }
  }

  static std::string joined(const std::vector<std::string>& words) {
    std::string text;
    for (const std::string& word : words) text += " " + word;
    return text;
  }
};

}  // namespace

SLIPWAY_PLUGIN(PseudoEtc)
