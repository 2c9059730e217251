//! The image's program, started by another one.
use slipway::{Plan, Result, Step};

slipway::plugin!(plan = plan);

fn plan(plan: &mut Plan) -> Result<()> {
    let user = plan.find_text("/facts/image/settings/user")?.unwrap_or_default();
    let workdir = plan.find_text("/facts/image/settings/workdir")?.filter(|path| !path.is_empty());
    let variables = plan.texts("/facts/image/settings/env")?;
    let args = arguments(plan)?;
    plan.add(Step::new("user").text("user", user));
    plan.add(Step::new("environment").texts("variables", variables));
    plan.add(Step::new("workdir").text("path", workdir.unwrap_or_else(|| "/".to_string())));
    plan.add(Step::new("exec").texts("args", args).from("/options/before"));
    Ok(())
}

/// As everywhere in slipway, a command replaces the image's and keeps its entrypoint.
fn arguments(plan: &Plan) -> Result<Vec<Vec<u8>>> {
    let mut program = plan.texts("/facts/image/settings/entrypoint")?;
    let command = if plan.has("/options/args")? { "/options/args" } else { "/facts/image/settings/cmd" };
    program.extend(plan.texts(command)?);
    if program.is_empty() {
        program.push(b"/bin/sh".to_vec());
    }
    let mut words = plan.texts("/options/before")?;
    words.extend(program);
    Ok(words)
}
