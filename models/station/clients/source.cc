#include "models/station/clients/source.h"

namespace springtide::models::station {

void Source::send_next(sim::Context& context) {
  const std::size_t count = arrivals_.fill(instants_, offers_.window.end);
  for (std::size_t i = 0; i < count; ++i) {
    offers_.add(instants_[i]);
    leg_->transmit(context, instants_[i], What::request, {instants_[i], 0, first_});
  }
  if (count == at_once) context.schedule(instants_[count - 1], pack(entity_, What::timer, 0));
}

}  // namespace springtide::models::station
