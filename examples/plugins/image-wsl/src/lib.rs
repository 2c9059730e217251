//! An image out of a distribution as `wsl --export` writes it: one tar of a root filesystem. A plain tar has no settings;
//! this one says in etc/wsl.conf who logs in, and in etc/passwd where and with which shell. So that is what runs.
use slipway::{Entry, Failure, Object, Resolve, Result};

slipway::plugin!(resolve = resolve);

/// More than any of these files has; what is longer is nothing to read into memory.
const LARGEST_FILE: u64 = 1 << 20;

fn resolve(archive: &mut Resolve) -> Result<()> {
    if archive.text("/facts/source/type")? == "directory" {
        let failure = Failure::new("/options/source", "the source is a directory, not a tar");
        return Err(failure.hint("use image-directory"));
    }
    let wanted = archive.find_text("/options/user")?;
    let configured = text_of(archive, "etc/wsl.conf")?.and_then(|conf| default_user(&conf));
    let name = wanted.clone().or(configured).unwrap_or_else(|| "root".to_string());
    let passwd = text_of(archive, "etc/passwd")?;
    let login = passwd.as_deref().and_then(|text| login_of(text, &name)).ok_or_else(|| {
        let at = if wanted.is_some() { "/options/user" } else { "/options/source" };
        let failure = Failure::new(at, format!("etc/passwd of this distribution has no user {name}"));
        failure.hint("is it a tar of a root filesystem? image-auto tells what a source is")
    })?;
    let settings = Object::new().texts("cmd", [login.shell.as_str(), "-l"]).text("user", &name).text("workdir", &login.home);
    let size = archive.integer("/facts/source/size")?;
    let layer = Object::new().text("compression", "none").integer("offset", 0).integer("size", size);
    let image = Object::new().text("kind", "WSL distribution").text("name", "").object("settings", settings);
    archive.fact("image", &image.objects("layers", [layer]));
    Ok(())
}

/// A file's text; bytes that are no UTF-8 are nothing that these files say. None where there is no such regular file.
fn text_of(archive: &Resolve, path: &str) -> Result<Option<String>> {
    let is_file = |entry: &Entry| entry.kind == 'f';
    let found = archive.find(path).or_else(|| archive.find(&format!("./{path}")));
    let bytes = found.filter(is_file).map(|entry| archive.read(&entry, LARGEST_FILE)).transpose()?;
    Ok(bytes.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()))
}

/// `default` in the section `[user]`.
fn default_user(conf: &str) -> Option<String> {
    let mut section = "";
    for line in conf.lines().map(str::trim) {
        if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            section = name.trim();
        } else if let Some((key, value)) = line.split_once('=') {
            let value = value.trim().trim_matches('"');
            if section == "user" && key.trim() == "default" && !value.is_empty() {
                return Some(value.to_string());
            }
        }
    }
    None
}

#[derive(Debug, PartialEq)]
struct Login {
    home: String,
    shell: String,
}

/// passwd(5): name:password:uid:gid:comment:home:shell
fn login_of(passwd: &str, name: &str) -> Option<Login> {
    let fields = passwd.lines().map(|line| line.split(':').collect::<Vec<_>>());
    let found = fields.filter(|fields| fields.len() == 7).find(|fields| fields[0] == name)?;
    let or = |text: &str, otherwise: &str| if text.starts_with('/') { text } else { otherwise }.to_string();
    Some(Login { home: or(found[5], "/"), shell: or(found[6], "/bin/sh") })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_user_is_that_of_the_section_user() {
        let conf = "# by hand\n[boot]\ndefault=nobody\n[user]\n default = \"ada\" \n";
        assert_eq!(default_user(conf), Some("ada".to_string()));
        for without in ["", "[user]\n", "[user]\ndefault=\n", "[boot]\ndefault=x", "default=x"] {
            assert_eq!(default_user(without), None, "{without}");
        }
    }

    #[test]
    fn a_login_has_home_and_shell_even_where_passwd_leaves_them_out() {
        let passwd = "root:x:0:0:root:/root:/bin/bash\nbroken\nada:x:1000:1000::/home/ada:\n";
        let login = |home: &str, shell: &str| Some(Login { home: home.into(), shell: shell.into() });
        assert_eq!(login_of(passwd, "root"), login("/root", "/bin/bash"));
        assert_eq!(login_of(passwd, "ada"), login("/home/ada", "/bin/sh"));
        assert_eq!(login_of(passwd, "broken"), None);
        assert_eq!(login_of(passwd, "eve"), None);
    }
}
