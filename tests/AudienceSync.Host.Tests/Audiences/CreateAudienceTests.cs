using AudienceSync.Host.Tests.Cli;
using AudienceSync.Host.Tests.Ingest;
using AudienceSync.Host.Tests.Postgres;
using AudienceSync.Host.Tests.Privacy.Erasure;
using AudienceSync.Host.Tests.Serving;

namespace AudienceSync.Host.Tests.Audiences;

/// <summary>The Host creates a remote audience and binds it, over HTTP and by verb.</summary>
public sealed class CreateAudienceTests : IAsyncLifetime, IDisposable
{
    private const string Bindings = "audiences/winback_45d/bindings";

    private readonly TemporaryFolder _folder = new();
    private readonly Dictionary<string, string> _environment = [];
    private TestHost _host = null!;

    public async Task InitializeAsync()
    {
        _host = await TestHost.StartAsync(new TestHostOptions { RealPort = true, Clock = new OffsetClock(Sample.Now) });
        await File.WriteAllTextAsync(_folder.Below("operator.token"), TestHostFiles.OperatorToken);
        await File.WriteAllTextAsync(_folder.Below("audiencesync.yaml"), "operator_token: { file: operator.token }\n");
        _environment["AUDIENCESYNC_CONFIG"] = _folder.Below("audiencesync.yaml");
        _environment["AUDIENCESYNC_URLS"] = _host.Http.BaseAddress!.ToString();
    }

    public async Task DisposeAsync() => await _host.DisposeAsync();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_remote_audience_is_created_bound_and_filled_and_never_created_twice()
    {
        var created = await CreateAsync();
        created.Status.ShouldBe(200, created.Text);
        created.Json.GetProperty("already_existed").GetBoolean().ShouldBeFalse();
        created.Json.GetProperty("name").GetString().ShouldBe("winback_45d");
        var remote = created.Json.GetProperty("remote").GetString()!;

        (await ErasureActions.SendEventAsync(_host, "ann", "ann@example.com", null, "winback_45d_v1")).Status.ShouldBe(200);
        await _host.WaitUntilQuietAsync();
        (await _host.Sandbox.HeldAsync(remote, "EMAIL")).ShouldHaveSingleItem();

        // As after a crash between the creation and the binding: the audience is there, and nothing is bound to it.
        await _host.ApplyChangeAsync("audiences/winback_45d/unbind", new { destination = "meta_main", remote });
        var again = await CreateAsync();
        (again.Json.GetProperty("remote").GetString(), again.Json.GetProperty("already_existed").GetBoolean()).ShouldBe((remote, true));
        again.Json.GetProperty("changes").GetArrayLength().ShouldBe(1);
        (await CreateAsync()).Json.GetProperty("changes").GetArrayLength().ShouldBe(0, "it is bound already");
    }

    [Fact]
    public async Task A_platform_that_refuses_leaves_nothing_bound_and_the_response_has_its_code()
    {
        await _host.Sandbox.FaultAsync(
            new
            {
                kind = "server_error",
                operation = "create",
                probability = 1.0,
            }
        );
        var before = await _host.ScalarAsync<long>("select count(*) from bindings");

        var refused = await CreateAsync();

        (refused.Status, refused.Code).ShouldBe((502, "audience_not_created"));
        refused.Json.GetProperty("retryable").GetBoolean().ShouldBeTrue();
        (await _host.ScalarAsync<long>("select count(*) from bindings")).ShouldBe(before);
    }

    [Fact]
    public async Task What_cannot_be_bound_is_refused_before_the_platform_is_called()
    {
        (
            await _host.PostAsOperatorAsync(
                Bindings,
                new
                {
                    key = "winback_45d_v9",
                    destination = "meta_main",
                    create = true,
                }
            )
        ).Code.ShouldBe("unknown_audience_key");
        (
            await _host.PostAsOperatorAsync(
                Bindings,
                new
                {
                    key = "winback_45d_v1",
                    destination = "nowhere",
                    create = true,
                }
            )
        ).Code.ShouldBe("unknown_destination");
        (
            await _host.PostAsOperatorAsync(
                Bindings,
                new
                {
                    key = "winback_45d_v1",
                    destination = "meta_main",
                    create = true,
                    remote = "1",
                }
            )
        ).Code.ShouldBe("binding_invalid");
        (await _host.PostAsOperatorAsync(Bindings, new { key = "winback_45d_v1", destination = "meta_main" })).Code.ShouldBe(
            "binding_invalid"
        );
    }

    [Fact]
    public async Task The_verb_creates_by_the_running_host_and_a_binding_becomes_exclusive_by_verb()
    {
        var run = await CommandRun.RunAsync(
            _environment,
            "audiences",
            "bind",
            "winback_45d_v1",
            "--destination",
            "meta_main",
            "--create",
            "--name",
            "winback of the shop",
            "--exclusive"
        );
        run.ExitCode.ShouldBe(0, run.Error);
        run.Output.ShouldContain("\"name\":\"winback of the shop\"");
        run.Output.ShouldContain(", exclusive\"");
        (await _host.ScalarAsync<long>("select count(*) from bindings where exclusive")).ShouldBe(1);

        var wrong = await CommandRun.RunAsync(_environment, "audiences", "bind", "winback_45d_v1", "--create");
        wrong.ExitCode.ShouldNotBe(0);
        wrong.Error.ShouldContain("--create needs --destination");
    }

    [Fact]
    public async Task Binding_the_same_version_again_changes_only_whether_it_is_exclusive()
    {
        var remote = TestHost.Remote(0);
        (
            await _host.ApplyChangeAsync(
                "audiences/high_intent_cart_7d/bindings",
                new
                {
                    key = "high_intent_cart_7d_v1",
                    destination = "meta_main",
                    remote,
                    exclusive = true,
                }
            )
        ).ShouldHaveSingleItem().ShouldEndWith(", exclusive");
        (
            await _host.ApplyChangeAsync(
                "audiences/high_intent_cart_7d/bindings",
                new
                {
                    key = "high_intent_cart_7d_v1",
                    destination = "meta_main",
                    remote,
                    exclusive = true,
                }
            )
        ).ShouldBeEmpty();
        var shown = await _host.GetAsync("/v1/audiences/high_intent_cart_7d");
        shown.GetProperty("bindings")[0].GetProperty("exclusive").GetBoolean().ShouldBeTrue();

        await _host.ApplyChangeAsync(
            "audiences/high_intent_cart_7d/bindings",
            new
            {
                key = "high_intent_cart_7d_v1",
                destination = "meta_main",
                remote,
            }
        );
        (await _host.ScalarAsync<long>("select count(*) from bindings where exclusive")).ShouldBe(0);
    }

    private Task<Answer> CreateAsync() =>
        _host.PostAsOperatorAsync(
            Bindings,
            new
            {
                key = "winback_45d_v1",
                destination = "meta_main",
                create = true,
            }
        );
}
