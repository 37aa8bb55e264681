//! `docker/`, as far as it can be tried without a container builder: both files are read,
//! and their commands, entry points and health checks run outside of containers.

mod files;

use std::collections::BTreeSet;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use fundtrail_tests::binary;
use serde_json::Value;

use crate::founding::Founding;
use files::{Ignore, Instruction, compose, dockerfile, repository};

/// The words of a list in the compose file or the Dockerfile.
fn words(value: &Value) -> Vec<String> {
    let list = value
        .as_array()
        .unwrap_or_else(|| panic!("no list: {value}"));
    list.iter()
        .map(|word| word.as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn services_have_no_rights_and_nobody_outside_reaches_them() {
    let compose = compose();
    let services = compose["services"].as_object().unwrap();
    let names: BTreeSet<&str> = services.keys().map(String::as_str).collect();
    let expected = ["loopback", "node", "tools", "witness-a", "witness-b"];
    assert_eq!(names, BTreeSet::from(expected));
    for (name, service) in services {
        assert_eq!(service["image"], "fundtrail:local", "{name}");
        assert_eq!(service["read_only"], true, "{name}");
        assert_eq!(words(&service["cap_drop"]), ["ALL"], "{name}");
        assert_eq!(
            words(&service["security_opt"]),
            ["no-new-privileges:true"],
            "{name}"
        );
        for absent in [
            "ports",
            "expose",
            "privileged",
            "cap_add",
            "user",
            "pid",
            "devices",
        ] {
            assert!(service.get(absent).is_none(), "{name}: {absent}");
        }
        if name == "loopback" {
            assert_eq!(words(&service["networks"]), ["ledger"]);
            assert!(service.get("volumes").is_none());
        } else {
            assert_eq!(service["network_mode"], "service:loopback", "{name}");
            assert!(service.get("networks").is_none(), "{name}");
        }
    }
    assert_eq!(compose["networks"]["ledger"]["internal"], true);
    // Nobody shares a volume with anybody.
    for name in ["node", "witness-a", "witness-b"] {
        assert_eq!(words(&services[name]["volumes"]), [format!("{name}:/data")]);
        assert!(compose["volumes"].get(name).is_some(), "{name}");
    }
    assert_eq!(compose["volumes"].as_object().unwrap().len(), 3);
}

#[test]
fn the_image_is_built_by_a_command_that_works() {
    let steps = dockerfile();
    let last = steps.iter().rposition(|step| step.is("FROM")).unwrap();
    let (build, image) = steps.split_at(last);

    // Only the last stage is the image: it runs as nobody in particular.
    let users: Vec<&Instruction> = image.iter().filter(|step| step.is("USER")).collect();
    let [user] = users[..] else {
        panic!("one user")
    };
    assert!(!user.rest.starts_with("root") && !user.rest.starts_with('0'));
    let after = image.iter().skip_while(|step| !step.is("USER"));
    assert!(
        after
            .clone()
            .all(|step| !step.is("RUN") && !step.is("COPY"))
    );
    assert!(steps.iter().all(|step| !step.is("ADD")));
    let said = |name: &str| {
        let found = image.iter().find(|step| step.is(name)).unwrap();
        words(&serde_json::from_str(&found.rest).unwrap())
    };
    assert_eq!(said("ENTRYPOINT"), ["fundtraild"]);
    assert_eq!(
        said("CMD"),
        words(&compose()["services"]["node"]["command"])
    );

    // Every file that is copied in is there.
    for copy in image.iter().filter(|step| step.is("COPY")) {
        let mut names = copy
            .rest
            .split_whitespace()
            .filter(|word| !word.starts_with("--"));
        let first = names.next().unwrap();
        if !copy.rest.contains("--from=build") {
            assert!(repository().join(first).is_file(), "{first}");
        }
    }

    // The build, for a profile that is built already: a release takes RocksDB 20 minutes.
    let run = build
        .iter()
        .find(|step| step.rest.contains("cargo build"))
        .unwrap();
    let command = run.rest.split("&&").next().unwrap();
    let command = command.split_once("cargo build").unwrap().1;
    let arguments: Vec<&str> = command.split_whitespace().collect();
    assert!(arguments.contains(&"--locked") && arguments.contains(&"--release"));
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let status = Command::new(cargo)
        .args(["build", "--quiet"])
        .args(arguments.iter().filter(|word| **word != "--release"))
        .current_dir(repository())
        .status()
        .unwrap();
    assert!(status.success());
    let install = run.rest.split("&&").nth(1).unwrap();
    for name in ["fundtraild", "fundtrail"] {
        assert!(
            install
                .split_whitespace()
                .any(|word| word == format!("/build/release/{name}"))
        );
        assert!(binary(name).is_file());
    }
}

#[test]
fn what_is_sent_to_the_builder_is_enough_and_no_more() {
    let ignore = Ignore::read();
    let kept = |path: &str| !ignore.covers(path);
    for secret in [
        "data/log-key.pem",
        "crates/x/office.pem",
        "docker/work/tag-key.hex",
        "target/debug/x",
        "crates/target/x",
        ".git/config",
        "docs/FORMAT.md",
        "genesis.json",
    ] {
        assert!(!kept(secret), "{secret}");
    }

    // What is left is a workspace that cargo understands, with an unchanged lock file.
    let scratch = tempfile::tempdir().unwrap();
    let mut copied = 0;
    for path in files::all() {
        if kept(&path) {
            let to = scratch.path().join(&path);
            fs::create_dir_all(to.parent().unwrap()).unwrap();
            fs::copy(repository().join(&path), to).unwrap();
            copied += 1;
        }
    }
    assert!(copied > 100, "{copied}");
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let packages = [
        "-p",
        "fundtraild",
        "-p",
        "fundtrail",
        "--edges=normal,build",
    ];
    let tree = Command::new(cargo)
        .args(["tree", "--quiet", "--locked", "--offline"])
        .args(packages)
        .current_dir(scratch.path())
        .output()
        .unwrap();
    assert!(tree.status.success(), "{tree:?}");
    assert!(String::from_utf8_lossy(&tree.stdout).contains("rocksdb"));

    // And whatever sources include is among it.
    for path in files::all()
        .iter()
        .filter(|path| kept(path) && path.contains("/src/"))
    {
        let Ok(text) = fs::read_to_string(repository().join(path)) else {
            continue;
        };
        for begin in ["include_str!(\"", "include_bytes!(\""] {
            for (at, _) in text.match_indices(begin) {
                let name = text[at + begin.len()..].split('"').next().unwrap();
                let beside = scratch.path().join(path).parent().unwrap().join(name);
                assert!(beside.is_file(), "{path} includes {name}");
            }
        }
    }
}

/// A service of the compose file, as a process. Dropping it kills it.
struct Service {
    child: Child,
    url: String,
}

impl Service {
    /// Starts a program with the words of a service: `/data` becomes a directory here, and
    /// fixed ports become free ones.
    fn start(program: &str, arguments: &[String], data: &Path) -> Service {
        let arguments = arguments.iter().map(|word| here(word, data));
        let mut child = Command::new(binary(program))
            .args(arguments)
            .env("FUNDTRAILD_LISTEN", "127.0.0.1:0")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let out = child.stdout.take().unwrap();
        BufReader::new(out).read_line(&mut line).unwrap();
        let url = line.trim().strip_prefix("listening on ").map(str::to_owned);
        match url {
            Some(url) => Service { child, url },
            None => {
                let _ = child.kill();
                let _ = child.wait();
                panic!("{program}: {line:?}");
            }
        }
    }

    fn address(&self) -> &str {
        self.url.strip_prefix("http://").unwrap()
    }

    /// Runs the health check of the service against its address here.
    fn is_healthy(&self, check: &[String]) -> bool {
        is_healthy(check, self.address())
    }

    /// As a container is stopped.
    fn stop(mut self) -> Option<i32> {
        let kill = ["-s", "TERM", &self.child.id().to_string()].map(str::to_owned);
        assert!(Command::new("kill").args(kill).status().unwrap().success());
        let limit = Instant::now() + Duration::from_secs(30);
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.code();
            }
            assert!(Instant::now() < limit, "it does not stop");
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn is_healthy(check: &[String], address: &str) -> bool {
    let [program, _, path] = check else {
        panic!("{check:?}");
    };
    assert_eq!(program, "fundtrail-healthcheck");
    Command::new(repository().join("docker/healthcheck.sh"))
        .args([address, path])
        .stderr(Stdio::null())
        .status()
        .unwrap()
        .success()
}

/// A word of a service as it is said here.
fn here(word: &str, data: &Path) -> String {
    match word {
        "127.0.0.1:7381" | "127.0.0.1:7382" => "127.0.0.1:0".into(),
        word => word.replace("/data", data.to_str().unwrap()),
    }
}

/// The health check of the image.
fn image_check() -> Vec<String> {
    let steps = dockerfile();
    let check = steps.iter().find(|step| step.is("HEALTHCHECK")).unwrap();
    let command = check.rest.split_once("CMD").unwrap().1;
    words(&serde_json::from_str(command.trim()).unwrap())
}

/// The command of the readme with these words in it, for `/data` here.
fn from_readme(begin: &str, data: &Path, log_key: &str) -> Vec<String> {
    let text = fs::read_to_string(repository().join("docker/README.md")).unwrap();
    let mut lines = text.lines().filter_map(|line| line.split_once(begin));
    let (_, rest) = lines.next().unwrap_or_else(|| panic!("{begin}"));
    assert!(lines.next().is_none(), "{begin}");
    let words = rest.split_whitespace();
    words
        .map(|word| here(&word.replace("'LOG_KEY'", log_key), data))
        .collect()
}

#[test]
fn the_commands_of_the_services_run_a_node_with_two_witnesses() {
    let compose = compose();
    let service = |name: &str| &compose["services"][name];
    let founding = Founding::prepare();
    founding.sign();
    let folder = |name: &str| -> PathBuf { founding.path().join(name) };
    // Made by `init`, as the readme says; here it has founders too.
    let init = from_readme("run --rm node ", &folder("data"), "");
    assert_eq!(init[..2], ["init", "--origin"]);

    let mut policy = format!("log {}\n", founding.log_key());
    let mut witnesses = Vec::new();
    for name in ["witness-a", "witness-b"] {
        assert_eq!(words(&service(name)["entrypoint"]), ["fundtrail"]);
        for step in ["init", "add-log"] {
            let begin = format!("run --rm {name} witness {step} ");
            let arguments = from_readme(&begin, &folder(name), founding.log_key());
            let output = Command::new(binary("fundtrail"))
                .args(["witness", step])
                .args(arguments)
                .output()
                .unwrap();
            assert!(output.status.success(), "{output:?}");
            if step == "init" {
                let key = String::from_utf8(output.stdout).unwrap();
                policy += &format!("witness {} {}", &name[8..], key.trim());
            }
        }
        let started = Service::start(
            "fundtrail",
            &words(&service(name)["command"]),
            &folder(name),
        );
        policy += &format!(" {}\n", started.url);
        let check = words(&service(name)["healthcheck"]["test"]);
        assert_eq!(check[0], "CMD");
        assert!(started.is_healthy(&check[1..]));
        witnesses.push((started, check[1..].to_vec()));
    }
    policy += "group both all a b\nquorum both\n";
    let readme = fs::read_to_string(repository().join("docker/README.md")).unwrap();
    assert!(readme.contains("group both all a b\nquorum both\n"));
    assert!(readme.contains(r#"witness_policy = \"witness-policy\""#));
    fs::write(folder("data").join("witness-policy"), policy).unwrap();
    let config = folder("data").join("fundtraild.toml");
    let text = fs::read_to_string(&config).unwrap() + "witness_policy = \"witness-policy\"\n";
    fs::write(&config, text).unwrap();

    let command = words(&service("node")["command"]);
    let node = Service::start("fundtraild", &command, &folder("data"));
    let check = image_check();
    assert!(node.is_healthy(&check));
    founding.submit(&node.url);
    let limit = Instant::now() + Duration::from_secs(20);
    loop {
        let metrics = get(&format!("{}/metrics", node.url), &founding.bearer());
        let cosigned = |name: &str| {
            let line = format!("fundtrail_witness_cosigned_entries{{witness=\"{name}\"}} 2");
            metrics.lines().any(|one| one == line)
        };
        if cosigned("a") && cosigned("b") {
            break;
        }
        assert!(Instant::now() < limit, "{metrics}");
        std::thread::sleep(Duration::from_millis(50));
    }

    let address = node.address().to_owned();
    assert_eq!(node.stop(), Some(0));
    assert!(!is_healthy(&check, &address), "nobody is there");
    for (witness, check) in witnesses {
        let address = witness.address().to_owned();
        assert_eq!(witness.stop(), Some(0));
        assert!(!is_healthy(&check, &address), "nobody is there");
    }
}

fn get(url: &str, bearer: &str) -> String {
    let arguments = [
        "--silent",
        "--show-error",
        "--fail",
        "--header",
        bearer,
        url,
    ];
    let output = Command::new("curl").args(arguments).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn a_server_in_trouble_is_not_healthy() {
    for (answer, healthy) in [
        ("HTTP/1.1 200 OK\r\n\r\n", true),
        ("HTTP/1.1 404 Not Found\r\n\r\n", true),
        ("HTTP/1.1 500 Internal Server Error\r\n\r\n", false),
        ("HTTP/1.1 503 Service Unavailable\r\n\r\n", false),
        ("SSH-2.0-x 200\r\n", false),
        ("HTTP/1.1 2000 x\r\n", false),
        ("", false),
    ] {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let serving = std::thread::spawn(move || {
            use std::io::{Read as _, Write as _};
            let (mut stream, _) = listener.accept().unwrap();
            let mut request = Vec::new();
            while !request.ends_with(b"\r\n\r\n") {
                let mut byte = [0];
                stream.read_exact(&mut byte).unwrap();
                request.push(byte[0]);
            }
            stream.write_all(answer.as_bytes()).unwrap();
            String::from_utf8(request).unwrap()
        });
        assert_eq!(is_healthy(&image_check(), &address), healthy, "{answer:?}");
        assert!(
            serving
                .join()
                .unwrap()
                .starts_with("GET /readyz HTTP/1.1\r\n")
        );
    }
}
