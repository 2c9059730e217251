//! A network of the container's own, with or without its loopback interface.
use slipway::{Failure, Plan, Result, Step};

slipway::plugin!(plan = plan);

fn plan(plan: &mut Plan) -> Result<()> {
    // Where others have made the network, it is theirs to set up.
    if !plan.boolean("/options/loopback")? || has_net(plan, "joined")? {
        return Ok(());
    }
    if !has_net(plan, "namespaces")? {
        let message = "there is no network of the container's own to bring an interface up in";
        return Err(Failure::new("/options/loopback", message).hint("add \"net\" to isolation.namespaces"));
    }
    plan.add(Step::new("link_up").text("interface", "lo").from("/options/loopback"));
    Ok(())
}

fn has_net(plan: &Plan, list: &str) -> Result<bool> {
    Ok(plan.texts(&format!("/facts/isolation/{list}"))?.iter().any(|word| word == b"net"))
}
