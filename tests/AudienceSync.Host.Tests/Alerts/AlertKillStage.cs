using System.Net.Http.Json;
using System.Text.Json;
using AudienceSync.Domain.Alerts;
using AudienceSync.Host.Alerts;
using AudienceSync.Host.Tests.Postgres;
using AudienceSync.Host.Tests.Serving;
using AudienceSync.Host.Tests.Simulation;
using AudienceSync.Sandbox;
using Microsoft.AspNetCore.Builder;
using Npgsql;
using NpgsqlTypes;

namespace AudienceSync.Host.Tests.Alerts;

/// <summary>A notice to a channel, as the Host has recorded it.</summary>
internal sealed record RecordedSend(string Group, string Channel, AlertSendState State, int Attempts, bool InDoubt);

/// <summary>
/// Hosts as processes that are killed while they alert people by the imitated Slack and PagerDuty, and by a mail server of the test. Their
/// clock is the machine's, so a notice is stored as the Host would have made it; it gets its message at the next look.
/// </summary>
internal sealed class AlertKillStage : IAsyncDisposable
{
    private const string NoticeSql = """
        with n as (
          insert into alert_notices (kind, severity, rule, grouping, at, content)
          values (1, 2, $1, $2, now(), $3) returning notice_id)
        insert into alert_sends (send_id, notice_id, channel, rule, grouping, opened_at)
        select gen_random_uuid(), n.notice_id, d.channel, $1, $2, now() from n cross join unnest(array['slack', 'pager', 'mail']) as d(channel)
        """;

    // The Host has the clock of the machine, and would alert people of an API version that ends by it.
    private static readonly string NoRules = $"      off: [ {string.Join(", ", AlertRules.All.Select(rule => rule.Name))} ]";

    private readonly TemporaryFolder _folder = new();
    private WebApplication _services = null!;
    private HttpClient _admin = null!;
    private string _database = null!;
    private string _config = null!;
    private NpgsqlDataSource _owner = null!;

    private AlertKillStage() { }

    public MailServer Mail { get; } = MailServer.Start();

    public HeldCalls Calls { get; private set; } = null!;

    public static async Task<AlertKillStage> StartAsync(string settings = "")
    {
        var stage = new AlertKillStage
        {
            _services = SandboxApp.Create(new SandboxOptions { Urls = "http://127.0.0.1:0" }, TimeProvider.System),
            _database = await PostgresCluster.CreateDatabaseAsync(),
        };
        await stage._services.StartAsync();
        var url = stage._services.Urls.Single();
        stage._admin = new HttpClient { BaseAddress = new Uri(url) };
        await AlertStage.CreateAccountsAsync(stage._admin);
        stage.Calls = await HeldCalls.StartAsync(new Uri(url));
        var options = new TestHostOptions
        {
            Secrets = AlertStage.Secrets.ToDictionary(
                secret => secret.Key,
                secret => secret.Value.Replace("http://127.0.0.1:5480", stage.Calls.Url, StringComparison.Ordinal),
                StringComparer.Ordinal
            ),
            Yaml = yaml =>
                AlertStage
                    .WithAlerts(yaml, stage.Mail.Port, $"{NoRules}\n{settings}")
                    .Replace("http://127.0.0.1:5480", stage.Calls.Url, StringComparison.Ordinal)
                    .Replace(", call_timeout_s: 1", "", StringComparison.Ordinal),
        };
        stage._config = TestHostFiles.Write(stage._folder, options);
        stage._owner = NpgsqlDataSource.Create(
            new NpgsqlConnectionStringBuilder(stage._database) { SearchPath = "ws_default", MaxPoolSize = 2 }.ConnectionString
        );
        return stage;
    }

    public Task<HostProcess> HostAsync() => HostProcess.StartAsync(_config, _folder.Path, _database);

    /// <summary>A notice to all three channels that has no message yet. The tables must exist.</summary>
    public async Task NoticeAsync(string group)
    {
        var (rule, at) = (AlertRules.AccountStopped, TimeProvider.System.GetUtcNow());
        var notice = new AlertNotice(
            NoticeKind.Opened,
            AlertSeverity.Critical,
            rule.Name,
            group,
            rule.Title,
            rule.Advice,
            at,
            at,
            [new NoticeMember(group, [new AlertFact("code", "meta_10")])]
        )
        {
            Workspace = "default",
        };
        await using var command = _owner.CreateCommand(NoticeSql);
        command.Parameters.Add(new NpgsqlParameter { Value = rule.Name });
        command.Parameters.Add(new NpgsqlParameter { Value = group });
        command.Parameters.Add(new NpgsqlParameter { Value = JsonSerializer.Serialize(notice), NpgsqlDbType = NpgsqlDbType.Jsonb });
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>Waits for the first look at the weekly digest, and makes it of the week before: so one is due at the next.</summary>
    public async Task WeekLaterAsync(HostProcess host)
    {
        await Deadline.UntilAsync(
            async () =>
            {
                await using var made = _owner.CreateCommand("update weekly_digests set week = week - 7");
                return await made.ExecuteNonQueryAsync() > 0;
            },
            () => $"the first look\n{host.Log}"
        );
    }

    /// <summary>What is recorded, by group and channel.</summary>
    public async Task<List<RecordedSend>> SendsAsync()
    {
        var sends = new List<RecordedSend>();
        await using var command = _owner.CreateCommand(
            "select grouping, channel, state, attempts, unanswered > 0 from alert_sends order by grouping, channel"
        );
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            sends.Add(
                new RecordedSend(
                    reader.GetString(0),
                    reader.GetString(1),
                    (AlertSendState)reader.GetInt16(2),
                    reader.GetInt32(3),
                    reader.GetBoolean(4)
                )
            );
        }

        return sends;
    }

    /// <summary>How often people have the notice of a group in Slack.</summary>
    public async Task<int> InSlackAsync(string group) =>
        (await _admin.GetFromJsonAsync<JsonElement>("/admin/slack/ops"))
            .EnumerateArray()
            .Count(message => message.GetProperty("text").GetString()!.EndsWith($": {group}", StringComparison.Ordinal));

    /// <summary>How often people have it as a mail.</summary>
    public int InMail(string group) => Mail.Mails.Count(mail => mail.Subject!.EndsWith($": {group}", StringComparison.Ordinal));

    /// <summary>The incidents of a group at PagerDuty.</summary>
    public async Task<List<JsonElement>> IncidentsAsync(string group) =>
        [
            .. (await _admin.GetFromJsonAsync<JsonElement>("/admin/pagerduty/ops"))
                .GetProperty("incidents")
                .EnumerateArray()
                .Where(incident => incident.GetProperty("dedup_key").GetString() == IncidentKey.Of("default", "account_stopped", group)),
        ];

    public async ValueTask DisposeAsync()
    {
        _owner?.Dispose();
        if (Calls is not null)
        {
            await Calls.DisposeAsync();
        }

        if (_services is not null)
        {
            await _services.DisposeAsync();
        }

        _admin?.Dispose();
        await Mail.DisposeAsync();
        _folder.Dispose();
    }
}
