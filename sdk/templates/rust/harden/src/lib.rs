//! Hides paths from the container.
use slipway::{Plan, Result, Step};

slipway::plugin!(plan = plan);

fn plan(plan: &mut Plan) -> Result<()> {
    for (i, path) in plan.texts("/options/paths")?.iter().enumerate() {
        // `from` tells slipway which option asked for a step: plans and errors name its place in the user's file.
        plan.add(Step::new("mask").text("path", path).from(&format!("/options/paths/{i}")));
    }
    Ok(())
}
