#include <nlohmann/json.hpp>

#include "draw/picture.h"

namespace papy {
namespace {

using Kind = Picture::Box::Kind;

const char* kind_name(Kind kind) {
  return kind == Kind::input ? "input" : kind == Kind::output ? "output" : "piper";
}

}  // namespace

std::string json_text(const Picture& picture) {
  using Json = nlohmann::ordered_json;
  Json pools = Json::array(), nodes = Json::array(), edges = Json::array();
  for (const Picture::Pool& pool : picture.pools)
    pools.push_back({{"name", pool.name}, {"about", pool.about}});
  for (std::size_t i = 0; i < picture.boxes.size(); ++i) {
    const Picture::Box& box = picture.boxes[i];
    nodes.push_back({{"id", i},
                     {"kind", kind_name(box.kind)},
                     {"name", box.name},
                     {"function", box.function},
                     {"notes", box.notes},
                     {"pool", box.pool ? Json(*box.pool) : Json(nullptr)}});
  }
  for (const Picture::Arrow& arrow : picture.arrows)
    edges.push_back({{"from", arrow.from}, {"to", arrow.to}, {"label", arrow.label}});
  const Json all = {{"name", picture.title}, {"pools", pools}, {"nodes", nodes}, {"edges", edges}};
  return all.dump(2) + "\n";
}

}  // namespace papy
