// What it takes in each language: the generator's options, the program that uses the client, how it is built and run.

export interface Language {
  /** What has to be there, and a shell command that succeeds where it is. */
  readonly tool: string
  readonly check: string
  /** openapi-generator's name of it, and its options. */
  readonly generator: readonly string[]
  /** The program, and where it goes among the generated files. */
  readonly program: readonly [from: string, to: string]
  /** Shell commands in the folder of the generated files; `$ADDRESS` is the service's. */
  readonly build: string
  readonly run: string
}

export const languages: Readonly<Record<string, Language>> = {
  java: {
    tool: 'Maven and a JDK',
    check: 'mvn -v',
    generator: [
      'java',
      '--library=native',
      '--invoker-package=restwell',
      '--api-package=restwell.api',
      '--model-package=restwell.model',
      // A list that is not set is not sent.
      '--additional-properties=containerDefaultToNull=true',
    ],
    program: ['java/RoundTrip.java', 'src/main/java/RoundTrip.java'],
    build: 'mvn -q -B compile dependency:build-classpath -Dmdep.outputFile=classpath.txt',
    run: 'java -cp "target/classes:$(cat classpath.txt)" RoundTrip "$ADDRESS"',
  },
  go: {
    tool: 'Go',
    check: 'go version',
    generator: [
      'go',
      '--package-name=restwell',
      '--git-host=example.com',
      '--git-user-id=restwell',
      '--git-repo-id=client',
    ],
    program: ['go/main.go', 'cmd/round-trip/main.go'],
    build: 'go build -o round-trip ./cmd/round-trip',
    run: './round-trip "$ADDRESS"',
  },
  rust: {
    tool: 'cargo',
    check: 'cargo --version',
    generator: ['rust', '--package-name=restwell', '--additional-properties=supportAsync=false'],
    program: ['rust/round_trip.rs', 'examples/round_trip.rs'],
    // One at a time: the compiler takes a gigabyte.
    build: 'cargo build -q -j1 --example round_trip',
    run: './target/debug/examples/round_trip "$ADDRESS"',
  },
  ruby: {
    tool: 'Ruby with its gem typhoeus (Debian: ruby-typhoeus)',
    check: "ruby -r typhoeus -e ''",
    generator: ['ruby', '--additional-properties=gemName=restwell,moduleName=Restwell'],
    program: ['ruby/round_trip.rb', 'round_trip.rb'],
    build: 'for file in $(find lib -name "*.rb"); do ruby -c "$file" > /dev/null || exit 1; done',
    run: 'ruby -I lib round_trip.rb "$ADDRESS"',
  },
}
