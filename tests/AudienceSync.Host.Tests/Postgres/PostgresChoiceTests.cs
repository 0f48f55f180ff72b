using System.Net;
using System.Net.Sockets;

namespace AudienceSync.Host.Tests.Postgres;

public sealed class PostgresChoiceTests : IDisposable
{
    private static readonly DockerEngine Engine = new("unix:///var/run/docker.sock", null);
    private static readonly DockerEngine NoEngine = new("unix:///var/run/docker.sock", "unix:///var/run/docker.sock does not exist");

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(null, true, "Docker")]
    [InlineData(null, false, "Local")]
    [InlineData("", true, "Docker")]
    [InlineData("auto", true, "Docker")]
    [InlineData("auto", false, "Local")]
    [InlineData("docker", true, "Docker")]
    [InlineData("local", true, "Local")]
    [InlineData("local", false, "Local")]
    public void The_setting_and_the_answer_of_the_engine_decide(string? setting, bool answers, string mode) =>
        PostgresChoice.Of(setting, answers ? Engine : NoEngine).Mode.ToString().ShouldBe(mode);

    [Fact]
    public void The_reason_names_the_engine_or_why_it_was_not_taken()
    {
        PostgresChoice.Of("auto", Engine).Reason.ShouldBe("the Docker engine at unix:///var/run/docker.sock answers");
        PostgresChoice.Of("auto", NoEngine).Reason.ShouldBe(NoEngine.Failure);
        PostgresChoice.Of("local", null).Reason.ShouldBe("AUDIENCESYNC_TEST_POSTGRES=local");
    }

    [Fact]
    public void Another_value_is_refused() =>
        Should
            .Throw<InvalidOperationException>(() => PostgresChoice.Of("podman", Engine))
            .Message.ShouldBe("AUDIENCESYNC_TEST_POSTGRES=podman is not one of auto, docker, local");

    [Fact]
    public async Task Docker_without_an_engine_is_an_error_with_the_cause_and_the_remedy()
    {
        var settings = Settings("docker", $"unix://{_folder.Below("docker.sock")}");

        var refused = await Should.ThrowAsync<InvalidOperationException>(() => PostgresChoice.ForAsync(settings));

        refused.Message.ShouldBe(
            $"AUDIENCESYNC_TEST_POSTGRES=docker, and no Docker engine answers: unix://{_folder.Below("docker.sock")} does not exist. "
                + "Start it, set DOCKER_HOST, or set AUDIENCESYNC_TEST_POSTGRES to local or auto"
        );
    }

    [Theory]
    [InlineData("ssh://build.example")]
    [InlineData("here")]
    public async Task An_address_that_cannot_be_asked_is_no_engine(string address)
    {
        var choice = await PostgresChoice.ForAsync(Settings("auto", address));

        choice.ShouldBe(new PostgresChoice(PostgresMode.Local, $"{address} is not an address of an engine that can be asked"));
    }

    [Fact]
    public async Task An_engine_that_answers_is_taken_on_a_port_and_on_a_socket()
    {
        await using var onPort = await FakeDocker.StartAsync();
        await using var onSocket = await FakeDocker.StartAsync(_folder.Below("docker.sock"));
        foreach (var address in new[] { onPort.Endpoint, $"unix://{_folder.Below("docker.sock")}" })
        {
            (await PostgresChoice.ForAsync(Settings("auto", address))).ShouldBe(
                new PostgresChoice(PostgresMode.Docker, $"the Docker engine at {address} answers")
            );
        }
    }

    [Fact]
    public async Task An_engine_that_left_its_socket_is_not_waited_for()
    {
        using var gone = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        gone.Bind(new UnixDomainSocketEndPoint(_folder.Below("docker.sock")));

        var choice = await PostgresChoice.ForAsync(Settings("auto", $"unix://{_folder.Below("docker.sock")}"));

        choice.Mode.ShouldBe(PostgresMode.Local);
        choice.Reason.ShouldStartWith($"unix://{_folder.Below("docker.sock")} cannot be reached (");
    }

    [Fact]
    public async Task An_engine_that_hangs_is_given_up_after_the_deadline()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();

        var choice = await PostgresChoice.ForAsync(Settings(null, $"tcp://{silent.LocalEndpoint}")).OrTimeoutAsync("the choice");

        choice.ShouldBe(new PostgresChoice(PostgresMode.Local, $"tcp://{silent.LocalEndpoint} does not answer within 1 s"));
    }

    [Fact]
    public async Task An_engine_is_not_asked_when_the_setting_is_local()
    {
        var asked = new List<string>();

        await PostgresChoice.ForAsync(name =>
        {
            asked.Add(name);
            return "local";
        });

        asked.ShouldBe([PostgresChoice.Variable]);
    }

    [Theory]
    [InlineData("tcp://10.0.0.1:2375", "/var/run/docker.sock", "tcp://10.0.0.1:2375")]
    [InlineData(null, "/var/run/docker.sock", "unix:///var/run/docker.sock")]
    [InlineData(null, "/run/user/7/docker.sock", "unix:///run/user/7/docker.sock")]
    [InlineData(null, "/home/ann/.docker/run/docker.sock", "unix:///home/ann/.docker/run/docker.sock")]
    [InlineData(null, "nowhere", "unix:///var/run/docker.sock")]
    public void The_engine_is_at_the_address_of_the_environment_or_at_the_first_usual_socket(string? host, string exists, string endpoint)
    {
        var environment = new Dictionary<string, string?>
        {
            ["DOCKER_HOST"] = host,
            ["XDG_RUNTIME_DIR"] = "/run/user/7",
            ["HOME"] = "/home/ann",
        };

        DockerEngine.Find(name => environment.GetValueOrDefault(name), file => file == exists).ShouldBe(endpoint);
    }

    private static Func<string, string?> Settings(string? setting, string host) =>
        name =>
            name switch
            {
                PostgresChoice.Variable => setting,
                DockerEngine.HostVariable => host,
                _ => null,
            };
}
