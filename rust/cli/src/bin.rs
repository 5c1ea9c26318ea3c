//! The standalone binary; the Python wheel's console script calls the same function.

fn main() -> std::process::ExitCode {
    std::process::ExitCode::from(headct_deid::main(std::env::args_os()))
}
