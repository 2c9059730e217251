#include "docker_save.hpp"

namespace docker_save {

// In a file of its own: who only asks this needs no JSON.
bool is_likely(const slipway::Resolve& archive) {
  for (const char* of_a_root : {"bin", "bin/", "etc/", "usr/"}) {
    if (archive.find(of_a_root)) return false;
  }
  const auto manifest = archive.find("manifest.json");
  return manifest && manifest->type == 'f';
}

}  // namespace docker_save
