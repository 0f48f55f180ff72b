using System.Text.Json;
using System.Text.Json.Nodes;
using AudienceSync.Domain.Audiences;
using AudienceSync.Domain.Events;
using AudienceSync.Domain.Identity;
using AudienceSync.Host.Ingest.Append;
using AudienceSync.Host.Ingest.Reading;
using AudienceSync.Host.Privacy;
using AudienceSync.Host.Tests.Cli;
using AudienceSync.Host.Tests.Decisions;
using AudienceSync.Host.Tests.Ingest;
using AudienceSync.Host.Tests.Postgres;
using AudienceSync.Host.Tests.Privacy.Erasure;
using AudienceSync.Host.Tests.Serving;

namespace AudienceSync.Host.Tests.Privacy;

/// <summary>
/// People who are known by a form that an older reader of persons made, before <c>people realias</c>: they are found by the text as it was
/// sent, and nobody else is found in their place.
/// </summary>
public sealed class OlderFormTests : IAsyncLifetime, IDisposable
{
    private const string Lithuanian = """{"phone":"861234511","country":"LT"}""";

    // An address of one label was an address for the older reader.
    private const string Undotted = """{"email":"ann@intranet"}""";
    private const string Umlaut = """{"email":"Bob@m\u00FCnchen.example"}""";

    /// <summary>The digits of the number from Cairo below, and a number in London that nobody has.</summary>
    private const string Londoner = """{"phone":"2079460958","country":"GB"}""";

    private readonly TemporaryFolder _folder = new();
    private TestHost _host = null!;

    public async Task InitializeAsync() =>
        _host = await TestHost.StartAsync(new TestHostOptions { Clock = new OffsetClock(Sample.Now), RealPort = true });

    public async Task DisposeAsync() => await _host.DisposeAsync();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_person_is_found_exported_decided_and_erased_by_the_text_that_only_an_older_reader_read_so()
    {
        var people = new Dictionary<string, Guid>
        {
            [Lithuanian] = await OlderAsync(new PersonIdentifiers(null, null, "861234511", "LT")),
            [Undotted] = await OlderAsync(new PersonIdentifiers(null, "ann@intranet", null, "")),
            [Umlaut] = await OlderAsync(new PersonIdentifiers("b7", "Bob@m\u00FCnchen.example", null, "")),
        };
        (await OlderAliasesAsync()).ShouldBe(3);

        foreach (var (who, person) in people)
        {
            (await AskAsync("/v1/members/lookup", who)).Json.GetProperty("person").GetGuid().ShouldBe(person, who);
            (await AskAsync("/v1/people/export", who)).Json.GetProperty("person").GetGuid().ShouldBe(person, who);
            if (who != Undotted)
            {
                (await _host.DecideAsync(JsonNode.Parse(who)!.AsObject())).GetProperty("known").GetBoolean().ShouldBeTrue(who);
            }
        }

        foreach (var (who, person) in people)
        {
            var erasure = await AskAsync("/v1/people/erasures", who, status: 202);
            (await _host.ScalarAsync<Guid[]>($"select anchors from erasures where erasure = '{erasure.Json.Id()}'")).ShouldBe(
                [person],
                who
            );
        }

        // Refused under today's forms, too.
        foreach (var who in new[] { Lithuanian, Umlaut, """{"phone":"+370 612 34511"}""", """{"customer_id":"b7"}""" })
        {
            (await _host.PostAsync(Sample.Of(JsonNode.Parse(who)!.AsObject()))).Code.ShouldBe("person_erased", who);
        }
    }

    [Fact]
    public async Task Somebody_else_with_the_same_digits_is_neither_shown_nor_erased()
    {
        var cairo = new JsonObject { ["phone"] = "+20 79460958" };
        foreach (var isOlder in new[] { false, true })
        {
            (await _host.PostAsync(Sample.Of((JsonObject)cairo.DeepClone()))).Status.ShouldBe(200);
            if (isOlder)
            {
                await _host.ExecuteAsync("update person_aliases set parser = 1");
            }

            (await AskAsync("/v1/members/lookup", Londoner, status: 404)).Code.ShouldBe("unknown_person");
            (await AskAsync("/v1/people/export", Londoner, status: 404)).Code.ShouldBe("unknown_person");
            (await _host.DecideAsync(JsonNode.Parse(Londoner)!.AsObject())).GetProperty("known").GetBoolean().ShouldBeFalse();
            (await AskAsync("/v1/people/erasures", Londoner, status: 202)).Json.State().ShouldBe("unknown");
            (await _host.PostAsync(Sample.Of((JsonObject)cairo.DeepClone()))).Status.ShouldBe(200, "not refused as erased");
            (await _host.ScalarAsync<long>("select count(*) from mt_events where type = 'person_erasure_requested'")).ShouldBe(0);
        }
    }

    [Fact]
    public async Task An_erasure_by_a_form_of_which_somebody_is_known_today_takes_both_who_are_nobody_else()
    {
        var older = await OlderAsync(new PersonIdentifiers(null, null, "861234511", "LT"));
        var today = (await _host.PostAsync(Sample.Of(JsonNode.Parse(Lithuanian)!.AsObject()))).ReceiptId();
        var newer = await _host.ScalarAsync<Guid>($"select stream_id from mt_events where id = '{today}'");
        newer.ShouldNotBe(older, "webhooks do not try the older form");

        var erasure = await AskAsync("/v1/people/erasures", Lithuanian, status: 202);

        (await _host.ScalarAsync<Guid[]>($"select anchors from erasures where erasure = '{erasure.Json.Id()}'")).ShouldBe(
            [older, newer],
            ignoreOrder: true
        );
    }

    [Fact]
    public async Task Realias_moves_them_to_todays_forms_and_its_verb_repeats_it()
    {
        var lithuanian = await OlderAsync(new PersonIdentifiers(null, null, "861234511", "LT"));
        var german = await OlderAsync(new PersonIdentifiers("g1", null, "49 30 1234567", "DE"));
        (await OlderAliasesAsync()).ShouldBe(2);

        using var response = await _host.Operator.PostAsync(new Uri("/v1/people/realias", UriKind.Relative), null);
        var realiased = await Answer.ReadAsync(response);
        realiased.Status.ShouldBe(200, realiased.Text);
        Counts(realiased.Json).ShouldBe((2, 2, 0, 0, 0));
        (await OlderAliasesAsync()).ShouldBe(0);
        foreach (var (who, person) in new[] { (Lithuanian, lithuanian), ("""{"phone":"+49 30 1234567"}""", german) })
        {
            (await AskAsync("/v1/members/lookup", who)).Json.GetProperty("person").GetGuid().ShouldBe(person, who);
        }

        var receipt = (await _host.PostAsync(Sample.Of(JsonNode.Parse(Lithuanian)!.AsObject()))).ReceiptId();
        (await _host.ScalarAsync<Guid>($"select stream_id from mt_events where id = '{receipt}'")).ShouldBe(lithuanian);

        var run = await RunVerbAsync("people", "realias");
        run.ExitCode.ShouldBe(0, run.Error);
        Counts(JsonSerializer.Deserialize<JsonElement>(run.Output)).ShouldBe((0, 0, 0, 0, 0));
    }

    private static (long Read, long Rekeyed, long Merged, long Conflicts, long Left) Counts(JsonElement result) =>
        (
            result.GetProperty("read").GetInt64(),
            result.GetProperty("rekeyed").GetInt64(),
            result.GetProperty("merged").GetInt64(),
            result.GetProperty("conflicts").GetInt64(),
            result.GetProperty("left").GetInt64()
        );

    // As the version before wrote it: the event, the alias under the older form, and the text in the vault.
    private async Task<Guid> OlderAsync(PersonIdentifiers texts)
    {
        var workspace = _host.Server.Workspaces["default"];
        var identifiers = OlderParser.Read(texts);
        var added = new AudienceMemberAdded(AudienceKey.Of("high_intent_cart_7d", 1), Sample.Now.AddMinutes(-10), "signed", default, null);
        var pending = new PendingEvent(
            EventId.Derive("older", Sample.NewId()),
            EventTypes.AliasOf(added),
            EventJson.Write(added),
            added.OccurredAt,
            PersonAliases.Of(workspace.Get<AliasDigester>(), identifiers),
            identifiers
        );
        var request = new PendingRequest([pending], [], default, Sample.Now);
        workspace.Get<GroupCommit>().TryEnqueue(request).ShouldBeTrue();
        (await request.Settled.OrTimeoutAsync("the commit")).Result.ShouldBe(AppendResult.Committed);
        await _host.ExecuteAsync("update person_aliases set parser = 1 where kind <> 1");
        return await _host.ScalarAsync<Guid>($"select stream_id from mt_events where id = '{pending.Id.Value}'");
    }

    private async Task<long> OlderAliasesAsync() => (await _host.GetAsync("/v1/status")).GetProperty("older_aliases").GetInt64();

    private async Task<Answer> AskAsync(string path, string who, int status = 200)
    {
        var answer = await _host.AskAsync(path, JsonNode.Parse(who)!);
        answer.Status.ShouldBe(status, $"{path} {who}: {answer.Text}");
        return answer;
    }

    private async Task<CommandRun> RunVerbAsync(params string[] verb)
    {
        await File.WriteAllTextAsync(_folder.Below("operator.token"), TestHostFiles.OperatorToken);
        await File.WriteAllTextAsync(_folder.Below("audiencesync.yaml"), "operator_token: { file: operator.token }\n");
        var environment = new Dictionary<string, string>
        {
            ["AUDIENCESYNC_CONFIG"] = _folder.Below("audiencesync.yaml"),
            ["AUDIENCESYNC_URLS"] = _host.Http.BaseAddress!.ToString(),
        };
        return await CommandRun.RunAsync(environment, verb);
    }
}
