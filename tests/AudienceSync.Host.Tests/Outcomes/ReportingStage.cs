using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using AudienceSync.Domain.Identity;
using AudienceSync.Domain.Outcomes;
using AudienceSync.Host.EventStore;
using AudienceSync.Host.Ingest.Reporting;
using AudienceSync.Host.Outcomes;
using AudienceSync.Host.Privacy;
using AudienceSync.Host.Tests.Serving;
using Npgsql;

namespace AudienceSync.Host.Tests.Outcomes;

/// <summary>A Host with a reporting source, and the requests of its sender, signed without the code of the Host.</summary>
internal static class ReportingStage
{
    public const string Key = "key-of-the-reporting-webhook";

    private const string Source = "- { name: cio_reporting, kind: customerio_reporting, signing_keys: [ { file: reporting.key } ]";

    /// <summary>Starts a Host.</summary>
    /// <param name="options">Of the Host.</param>
    /// <param name="outcomes">The section outcomes, as flow YAML; null for none.</param>
    /// <param name="allowFrom">The addresses that the source admits, as flow YAML; null for all.</param>
    public static Task<TestHost> StartAsync(TestHostOptions options, string? outcomes = null, string? allowFrom = null) =>
        TestHost.StartAsync(Options(options, outcomes, allowFrom));

    /// <summary>The options of such a Host.</summary>
    public static TestHostOptions Options(TestHostOptions options, string? outcomes = null, string? allowFrom = null) =>
        options with
        {
            Secrets = new Dictionary<string, string>(StringComparer.Ordinal) { ["reporting.key"] = Key },
            Yaml = yaml =>
                yaml.Replace(
                        "    audiences:\n",
                        $"      {Source}{(allowFrom is null ? "" : $", allow_from: {allowFrom}")} }}\n    audiences:\n",
                        StringComparison.Ordinal
                    )
                    .Replace(
                        "  default:\n",
                        outcomes is null ? "  default:\n" : $"  default:\n    outcomes: {outcomes}\n",
                        StringComparison.Ordinal
                    ),
        };

    /// <summary>A report.</summary>
    public static string Report(
        string channel,
        string metric,
        string eventId,
        DateTimeOffset at,
        JsonObject? identifiers,
        JsonObject? data = null
    )
    {
        var fields = data?.DeepClone().AsObject() ?? [];
        if (identifiers is not null)
        {
            fields["customer_id"] = identifiers["id"]?.DeepClone() ?? "";
            fields["identifiers"] = identifiers.DeepClone();
        }

        return new JsonObject
        {
            ["event_id"] = eventId,
            ["object_type"] = channel,
            ["metric"] = metric,
            ["timestamp"] = at.ToUnixTimeSeconds(),
            ["data"] = fields,
        }.ToJsonString();
    }

    /// <summary>The identifiers of a person.</summary>
    public static JsonObject Person(string id, string? email = null) => new() { ["id"] = id, ["email"] = email };

    /// <summary>A signed request.</summary>
    public static HttpRequestMessage Request(byte[] body, string key = Key, string query = "")
    {
        // Years before the clock of any test: the age of a signature is not checked.
        const string timestamp = "1614265384";
        var request = new HttpRequestMessage(HttpMethod.Post, ReportingEndpoint.Path + query) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return request.With(timestamp, Webhook.Signature(key, timestamp, body));
    }

    public static Task<Answer> SendAsync(this TestHost host, string report) => host.SendAsync(Request(Encoding.UTF8.GetBytes(report)));

    /// <summary>Sends a report and returns the status in its answer, which must be 200.</summary>
    public static async Task<string> StatusOfAsync(this TestHost host, string report)
    {
        var answer = await host.SendAsync(report);
        answer.Status.ShouldBe(200, answer.Text);
        return answer.Json.GetProperty("status").GetString()!;
    }

    /// <summary>Waits until the daemon has read all of the log.</summary>
    public static async Task ProjectedAsync(this TestHost host)
    {
        var queries = host.Server.Workspaces["default"].Get<DaemonQueries>();
        await Deadline.UntilAsync(
            async () => (await queries.ReadAsync(default)).All(progress => progress.Lag == 0),
            () => "the daemon to read the log:\n" + string.Join('\n', host.LogLines.TakeLast(40))
        );
    }

    /// <summary>The engagement of a person, as a decision reads it.</summary>
    public static async Task<Engagement> EngagementOfAsync(this TestHost host, IdentifierKind kind, string identifier)
    {
        var workspace = host.Server.Workspaces["default"];
        var digest = workspace.Get<AliasDigester>().Digest(kind, identifier).Digest.Value;
        await using var command = new NpgsqlCommand("select coalesce(owner, anchor) from person_aliases where digest = $1");
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = digest });
        await using var connection = await workspace.Get<WorkspaceDatabase>().Query.OpenConnectionAsync();
        command.Connection = connection;
        var anchor = (Guid)(await command.ExecuteScalarAsync())!;
        var queries = workspace.Get<EngagementQueries>();
        return await queries.ReadAsync(await queries.AnchorsAsync(new PersonId(anchor), default), default);
    }

    /// <summary>A ULID-like id.</summary>
    public static string Id(int number) => "01HZY" + number.ToString("D21", CultureInfo.InvariantCulture);
}
