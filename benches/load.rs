//! A small load generator: keep-alive connections, one thread each, so that it takes little of the two cores.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{SocketAddr, TcpStream},
    time::Instant,
};

/// What came back.
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }
}

/// One connection.
pub struct Client {
    reader: BufReader<TcpStream>,
    host: String,
}

impl Client {
    pub fn connect(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_nodelay(true).unwrap();
        Self {
            reader: BufReader::new(stream),
            host: address.to_string(),
        }
    }

    pub fn get(&mut self, path: &str, headers: &str) -> Answer {
        let request = format!("GET {path} HTTP/1.1\r\nHost: {}\r\n{headers}\r\n", self.host);
        self.exchange(request.as_bytes())
    }

    pub fn post(&mut self, path: &str, headers: &str, form: &str) -> Answer {
        let request = format!(
            "POST {path} HTTP/1.1\r\nHost: {}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n{headers}\r\n{form}",
            self.host,
            form.len()
        );
        self.exchange(request.as_bytes())
    }

    pub fn post_json(&mut self, path: &str, body: &str) -> Answer {
        let request = format!(
            "POST {path} HTTP/1.1\r\nHost: {}\r\nContent-Type: application/json\r\nAccept: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            self.host,
            body.len()
        );
        self.exchange(request.as_bytes())
    }

    fn exchange(&mut self, request: &[u8]) -> Answer {
        self.reader.get_mut().write_all(request).unwrap();
        let first = self.line();
        let status = first.split(' ').nth(1).unwrap().parse().unwrap();
        let mut headers = Vec::new();
        loop {
            let line = self.line();
            if line.is_empty() {
                break;
            }
            let (name, value) = line.split_once(':').unwrap();
            headers.push((name.to_owned(), value.trim().to_owned()));
        }
        let mut answer = Answer {
            status,
            headers,
            body: Vec::new(),
        };
        if answer.header("transfer-encoding") == Some("chunked") {
            loop {
                let length = usize::from_str_radix(&self.line(), 16).unwrap();
                let start = answer.body.len();
                answer.body.resize(start + length, 0);
                self.reader.read_exact(&mut answer.body[start..]).unwrap();
                self.line();
                if length == 0 {
                    break;
                }
            }
        } else if let Some(length) = answer.header("content-length") {
            answer.body.resize(length.parse().unwrap(), 0);
            self.reader.read_exact(&mut answer.body).unwrap();
        }
        answer
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.reader.read_line(&mut line).unwrap();
        line.trim_end().to_owned()
    }
}

/// Times one request of a client; called as often as its work asks.
pub type Timed<'run> = dyn FnMut(&mut dyn FnMut(&mut Client)) + 'run;

/// Runs the work of each client in a thread of its own; answers the milliseconds of all requests, shortest first, and the
/// seconds that it took.
pub fn run<W>(address: SocketAddr, work: Vec<W>) -> (Vec<f64>, f64)
where
    W: FnOnce(&mut Timed<'_>) + Send,
{
    let started = Instant::now();
    let mut all: Vec<f64> = std::thread::scope(|scope| {
        let threads: Vec<_> = work
            .into_iter()
            .map(|work| {
                scope.spawn(move || {
                    let mut client = Client::connect(address);
                    let mut times = Vec::new();
                    work(&mut |request| {
                        let began = Instant::now();
                        request(&mut client);
                        times.push(began.elapsed().as_secs_f64() * 1_000.0);
                    });
                    times
                })
            })
            .collect();
        threads
            .into_iter()
            .flat_map(|thread| thread.join().unwrap())
            .collect()
    });
    let seconds = started.elapsed().as_secs_f64();
    all.sort_by(f64::total_cmp);
    (all, seconds)
}
