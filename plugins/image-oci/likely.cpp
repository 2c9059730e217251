#include "layout.hpp"

namespace oci {

// In a file of its own: who only asks this needs no JSON.
bool is_likely(const slipway::Resolve& source) {
  for (const char* of_a_root : {"bin", "bin/", "etc/", "usr/"}) {
    if (source.find(of_a_root)) return false;
  }
  return source.find("oci-layout") && source.find("index.json");
}

}  // namespace oci
