using AudienceSync.Connectors.Meta;
using AudienceSync.Connectors.Sections;
using AudienceSync.Domain.Identity;
using AudienceSync.Domain.Normalizing;
using AudienceSync.Domain.Syncing;

namespace AudienceSync.Connectors.Tests.Meta;

/// <summary>Contracts/meta.md 7, 8, 8.2 and 10: replacing all members, erasing people, limited data use.</summary>
public sealed class MetaReplaceTests
{
    private const string MaryEmail = "f1904cf1a9d73a55fa5de0ac823c4403ded71afd4c3248d00bdcd0866552bb79";
    private const string MaryPhone = "1ef970831d7963307784fa8688e8fce101a15685d62aa765fed23f3a2c576a4e";
    private const string MaryRow = $"[\"{MaryEmail}\",\"{MaryPhone}\"]";

    private static readonly Member Mary = new(MetaAccountOnWire.Mary, MetaNormalizer.Current);
    private static readonly Resync TwoBatches = new(new RemoteAudienceId("238500000000001"), 9778993, DateTimeOffset.UnixEpoch, 2, 3);

    [Fact]
    public async Task A_replacement_is_batches_of_one_session_and_the_last_one_is_flagged()
    {
        var network = ScriptedNetwork.Answering(200, MetaAccountOnWire.Taken);
        var resyncs = (IResyncs)Meta(network);
        (await resyncs.SendBatchAsync(TwoBatches, new ResyncBatch(1, [Mary]), CancellationToken.None)).Outcome.ShouldBe(Outcome.Done);
        (await resyncs.SendBatchAsync(TwoBatches, new ResyncBatch(2, [Mary]), CancellationToken.None)).Outcome.ShouldBe(Outcome.Done);
        (await resyncs.EndAsync(TwoBatches, CancellationToken.None)).Outcome.ShouldBe(Outcome.Done);

        network.Sent.Count.ShouldBe(2);
        network.Sent[0].Method.ShouldBe("POST");
        network.Sent[0].Url.AbsolutePath.ShouldBe("/v27.0/238500000000001/usersreplace");
        network
            .Sent[0]
            .Body.ShouldBe(
                $$$"""{"payload":{"schema":["EMAIL","PHONE"],"data":[{{{MaryRow}}}]},"session":{"session_id":9778993,"batch_seq":1,"last_batch_flag":false,"estimated_num_total":3}}"""
            );
        network.Sent[1].Body.ShouldEndWith("\"batch_seq\":2,\"last_batch_flag\":true,\"estimated_num_total\":3}}");
    }

    [Fact]
    public async Task A_batch_without_rows_is_still_sent_because_the_first_opens_the_session()
    {
        var network = ScriptedNetwork.Answering(200, MetaAccountOnWire.Taken);
        var unusable = new Member(new PersonIdentifiers("1", null, null, "US"), MetaNormalizer.Current);

        (
            await ((IResyncs)Meta(network)).SendBatchAsync(TwoBatches, new ResyncBatch(1, [unusable]), CancellationToken.None)
        ).Invalid.ShouldHaveSingleItem();

        network.Sent[0].Body.ShouldContain("\"data\":[]},\"session\"");
    }

    [Theory]
    [InlineData(1870158, 1, true, OutcomeKind.Retry)]
    [InlineData(1870147, 1, true, OutcomeKind.Retry)]
    [InlineData(1870148, 1, true, OutcomeKind.Retry)]
    [InlineData(1870145, 1, false, OutcomeKind.Retry)]
    [InlineData(1870144, 1, false, OutcomeKind.StopAudience)]
    [InlineData(1870159, 1, false, OutcomeKind.StopAudience)]
    [InlineData(1870159, 2, false, OutcomeKind.Done)]
    public async Task An_error_determines_whether_to_repeat_the_batch_or_the_session(
        int subcode,
        int batch,
        bool restarts,
        OutcomeKind kind
    )
    {
        var resyncs = (IResyncs)Meta(ScriptedNetwork.Answering(400, $$$"""{"error":{"code":2650,"error_subcode":{{{subcode}}}}}"""));

        var outcome = (await resyncs.SendBatchAsync(TwoBatches, new ResyncBatch(batch, [Mary]), CancellationToken.None)).Outcome;

        outcome.Kind.ShouldBe(kind);
        resyncs.RestartCodes.Contains(outcome.Code).ShouldBe(restarts);
        resyncs.SessionLifetime.ShouldBe(TimeSpan.FromMinutes(90));
    }

    [Fact]
    public async Task People_are_erased_from_every_list_of_the_account()
    {
        var network = ScriptedNetwork.Answering(200, MetaAccountOnWire.Taken);

        (await ((IErasesPeople)Meta(network)).EraseAsync([Mary], CancellationToken.None)).Outcome.ShouldBe(Outcome.Done);

        network.Sent[0].Method.ShouldBe("DELETE");
        network.Sent[0].Url.AbsolutePath.ShouldBe("/v27.0/act_1001/usersofanyaudience");
        network.Sent[0].Body.ShouldBe($$$"""{"payload":{"schema":["EMAIL","PHONE"],"data":[{{{MaryRow}}}]}}""");
    }

    [Fact]
    public async Task Limited_data_use_is_sent_with_every_added_row_and_with_no_removed_row()
    {
        var network = ScriptedNetwork.Answering(200, MetaAccountOnWire.Taken);
        var meta = Meta(network, new LimitedDataUse(1, 1000));
        foreach (var operation in new[] { MemberOperation.Add, MemberOperation.Remove })
        {
            await meta.SendAsync(new MemberCall(TwoBatches.Audience, operation, [Mary, Mary]), CancellationToken.None);
        }

        const string row = $"[\"{MaryEmail}\",\"{MaryPhone}\",[\"LDU\"],1,1000]";
        network
            .Sent[0]
            .Body.ShouldBe(
                $$$"""{"payload":{"schema":["EMAIL","PHONE","DATA_PROCESSING_OPTIONS","DATA_PROCESSING_OPTIONS_COUNTRY","DATA_PROCESSING_OPTIONS_STATE"],"data":[{{{row}}},{{{row}}}]}}"""
            );
        network.Sent[1].Body.ShouldBe($$$"""{"payload":{"schema":["EMAIL","PHONE"],"data":[{{{MaryRow}}},{{{MaryRow}}}]}}""");
    }

    private static IDestination Meta(ScriptedNetwork network, LimitedDataUse? limited = null) =>
        Destinations
            .Create(
                "meta",
                Section.Of("act_1001", ("token", new Secret("ABC")), ("limited_data_use", Of(limited))),
                new DestinationDependencies(network, new ManualTime(), new Random(1))
            )
            .Destination!;

    private static SettingValue? Of(LimitedDataUse? limited) =>
        limited is null
            ? null
            : SettingValue.Of(
                new Dictionary<string, SettingValue>
                {
                    ["country"] = SettingValue.Of($"{limited.Country}"),
                    ["state"] = SettingValue.Of($"{limited.State}"),
                }
            );
}
