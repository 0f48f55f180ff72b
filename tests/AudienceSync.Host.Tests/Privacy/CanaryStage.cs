using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using AudienceSync.Host.EventStore.Embedded;
using AudienceSync.Host.Tests.EventStore.Embedded;
using AudienceSync.Host.Tests.Ingest;
using AudienceSync.Host.Tests.Postgres;
using AudienceSync.Host.Tests.Privacy.Erasure;
using AudienceSync.Host.Tests.Serving;
using Npgsql;

namespace AudienceSync.Host.Tests.Privacy;

/// <summary>A Host with its own database server. All its output is kept and searched at the end.</summary>
internal sealed class CanaryStage : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly MetricCapture _metrics = new();
    private readonly List<string> _answers = [];
    private EmbeddedPostgres _server = null!;

    public OffsetClock Clock { get; } = new(Sample.Now);

    public TestHost Host { get; private set; } = null!;

    public static async Task<CanaryStage> StartAsync(TestHostOptions options)
    {
        var stage = new CanaryStage();
        stage._server = await Clusters.StartAsync(stage._folder.Below("pg"));
        await ExecuteAsync(stage._server, "create database canaries");
        stage.Host = await TestHost.StartAsync(
            options with
            {
                Clock = stage.Clock,
                Database = new NpgsqlConnectionStringBuilder(stage._server.ConnectionString) { Database = "canaries" }.ConnectionString,
            }
        );
        return stage;
    }

    /// <summary>A webhook with a canary in every field, for an audience, about its own customer.</summary>
    /// <param name="audience">Without version.</param>
    /// <param name="customer">Suffix of the customer id.</param>
    /// <param name="email">The customer's own address; null for the canary that all share.</param>
    public static JsonObject Webhook(string audience, string customer, string? email = null)
    {
        var fields = Canaries.Fields();
        fields["customer_id"] = Canaries.Customer(customer);
        fields["email"] = email ?? Canaries.Email;
        var sample = Sample.Of(fields);
        sample["audience_key"] = audience + "_v1";
        sample["unknown_field"] = Canaries.Email;
        sample["context"] = new JsonObject { ["journey"] = "winback", ["unknown"] = Canaries.Email };
        return sample;
    }

    /// <summary>Half a minute later.</summary>
    public void Later() => Clock.Advance(TimeSpan.FromSeconds(30));

    public void Keep(Answer answer) => _answers.Add(answer.Text + answer.Headers);

    public async Task SendAsync(string body) => Keep(await Host.PostAsync(body));

    public async Task AskAsync(string path, string body, string type = "application/json")
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        content.Headers.ContentType = new MediaTypeHeaderValue(type);
        using var response = await Host.Operator.PostAsync(path, content);
        Keep(await Answer.ReadAsync(response));
    }

    public async Task ReadAsync(string path)
    {
        using var response = await Host.Operator.GetAsync(path);
        Keep(await Answer.ReadAsync(response));
    }

    /// <summary>Stops the Host and searches everything that it and its database server wrote.</summary>
    public async Task ShouldHoldNoneAsync(Needles canaries, int leastAnswers)
    {
        await Host.StopAsync();
        Canaries.Person().In(Webhook("any", "any").ToJsonString()).Count().ShouldBe(12, "otherwise the search would miss what is there");
        Host.LogLines.Count.ShouldBeGreaterThan(100, "otherwise nothing was captured");
        Host.LogLines.Where(line => canaries.In(line).Any()).ShouldBeEmpty();
        _answers.Count.ShouldBeGreaterThan(leastAnswers);
        _answers.Where(answer => canaries.In(answer).Any()).ShouldBeEmpty();
        _metrics.Seen.ShouldContain(seen => seen.StartsWith("audiencesync_ingest_events", StringComparison.Ordinal));
        _metrics.Seen.Where(seen => canaries.In(seen).Any()).ShouldBeEmpty();
        canaries.InFiles(_folder.Below("pg"), IsLog).ShouldBeEmpty("the server's log is read by people");
        Directory
            .EnumerateFiles(_folder.Path, "*.log", SearchOption.AllDirectories)
            .ShouldNotBeEmpty("otherwise the server's log was missing");
        canaries.In((await DatabaseText.ReadAsync(Host)).Text).ShouldBeEmpty();
    }

    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        await _server.DisposeAsync();
        _metrics.Dispose();
        _folder.Dispose();
    }

    private static bool IsLog(string file) => file.EndsWith(".log", StringComparison.Ordinal);

    private static async Task ExecuteAsync(EmbeddedPostgres server, string sql)
    {
        await using var connection = new NpgsqlConnection(
            new NpgsqlConnectionStringBuilder(server.ConnectionString) { Pooling = false }.ConnectionString
        );
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
