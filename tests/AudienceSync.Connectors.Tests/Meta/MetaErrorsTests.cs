using AudienceSync.Connectors.Meta;
using AudienceSync.Domain.Syncing;

namespace AudienceSync.Connectors.Tests.Meta;

/// <summary>Each documented code, once as the contract states it and once through the table.</summary>
public sealed class MetaErrorsTests
{
    /// <summary>Contracts/meta.md 14, with the rows that 8, 11 and 13.1 add: code, subcode, decision.</summary>
    private const string Contract = """
        1 - RETRY
        1 99 RETRY
        2 - RETRY
        3 - ABORT_ACCOUNT
        4 - THROTTLE
        17 - THROTTLE
        17 2446079 THROTTLE
        32 - THROTTLE
        613 - THROTTLE
        613 1487742 THROTTLE
        613 1996 THROTTLE
        80000 2446079 THROTTLE
        80003 2446079 THROTTLE
        80003 - THROTTLE
        80004 2446079 THROTTLE
        80014 - THROTTLE
        10 - AUTH
        100 - ABORT
        100 33 ABORT
        100 1713228 HUMAN
        100 1713230 HUMAN
        100 1713231 HUMAN
        102 - AUTH
        104 - AUTH
        105 - SPLIT
        190 - AUTH
        190 458 AUTH
        190 459 AUTH
        190 460 AUTH
        190 463 AUTH
        190 464 AUTH
        190 467 AUTH
        190 492 AUTH
        194 - ABORT
        200 - ABORT
        200 1870034 TERMS
        200 1870050 TERMS
        200 1870090 TERMS
        200 1870092 TERMS
        200 1870047 ABORT
        270 - ABORT_ACCOUNT
        294 - AUTH
        341 - RETRY
        368 - RETRY
        803 - ABORT
        2635 - ABORT_ACCOUNT
        2650 - ABORT
        2650 1870144 ABORT
        2650 1870145 RETRY
        2650 1870147 RETRY
        2650 1870148 RETRY
        2650 1870158 RETRY
        2650 1870159 ABORT
        2654 - ABORT_ACCOUNT
        2654 1713092 ABORT_ACCOUNT
        2655 - TERMS
        2656 - ABORT
        2663 - TERMS
        2664 - TERMS
        5000 - RETRY
        21009 - RETRY
        1487301 - ABORT
        1487366 - ABORT
        """;

    public static TheoryData<int, int?, string> Rows()
    {
        var rows = new TheoryData<int, int?, string>();
        foreach (var line in Contract.Split('\n', StringSplitOptions.TrimEntries))
        {
            var fields = line.Split(' ');
            rows.Add(int.Parse(fields[0]), fields[1] == "-" ? null : int.Parse(fields[1]), fields[2]);
        }

        return rows;
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task A_documented_error_has_the_outcome_of_the_contract(int code, int? subcode, string decision)
    {
        var expected = decision switch
        {
            "RETRY" => OutcomeKind.Retry,
            "THROTTLE" => OutcomeKind.Snooze,
            "SPLIT" => OutcomeKind.SplitBatch,
            "AUTH" or "TERMS" or "ABORT_ACCOUNT" => OutcomeKind.StopAccount,
            _ => OutcomeKind.StopAudience,
        };

        var result = await MetaAccountOnWire.ResultOfErrorAsync(400, code, subcode);

        result.Outcome.Kind.ShouldBe(expected);
        result.Outcome.Code.ShouldBe(subcode is null ? $"meta_{code}" : $"meta_{code}_{subcode}");
        result.PlatformRequestId.ShouldBe("AbC-1_x");
        result.Rejected.ShouldBeEmpty();
    }

    [Fact]
    public void Every_row_of_the_table_is_a_case_above_and_every_code_above_has_a_row()
    {
        var cases = Rows().Select(row => ((int)row[0], (int?)row[1])).ToHashSet();
        var useCases = Enumerable.Range(80000, 15);

        MetaErrors.Rules.Select(rule => (rule.Code, rule.Subcode)).Where(rule => !useCases.Contains(rule.Code)).ShouldBeSubsetOf(cases);
        cases
            .Select(row => row.Item1)
            .Distinct()
            .ShouldBeSubsetOf(MetaErrors.Rules.Where(rule => rule.Subcode is null).Select(rule => rule.Code));
    }

    [Theory]
    [InlineData(100, 999, OutcomeKind.StopAudience, "meta_100_999")]
    [InlineData(190, 1, OutcomeKind.StopAccount, "meta_190_1")]
    [InlineData(2650, 5, OutcomeKind.StopAudience, "meta_2650_5")]
    public async Task An_unknown_subcode_has_the_outcome_of_its_code(int code, int subcode, OutcomeKind kind, string outcome) =>
        (await MetaAccountOnWire.ResultOfErrorAsync(400, code, subcode)).Outcome.ShouldBe(new Outcome(kind, outcome));

    [Theory]
    [InlineData(400, 424242, null)]
    [InlineData(500, 424242, 7)]
    [InlineData(200, -5, null)]
    public async Task An_unknown_code_is_retried_within_the_limits_of_the_engine(int status, int code, int? subcode) =>
        (await MetaAccountOnWire.ResultOfErrorAsync(status, code, subcode)).Outcome.ShouldBe(
            new Outcome(OutcomeKind.Retry, $"meta_unknown_{code}")
        );

    [Theory]
    [InlineData(200)]
    [InlineData(400)]
    [InlineData(429)]
    [InlineData(500)]
    public async Task The_status_does_not_matter_when_there_is_an_error_object(int status)
    {
        (await MetaAccountOnWire.ResultOfErrorAsync(status, 190, 463)).Outcome.Kind.ShouldBe(OutcomeKind.StopAccount);
        (await MetaAccountOnWire.ResultOfErrorAsync(status, 80003, 2446079)).Outcome.Kind.ShouldBe(OutcomeKind.Snooze);
    }

    [Fact]
    public async Task Only_an_unknown_id_may_mean_that_a_list_is_new()
    {
        (await MetaAccountOnWire.ResultOfErrorAsync(400, 803, null)).Outcome.Grace.ShouldBe(TimeSpan.FromMinutes(10));
        MetaErrors.Rules.Where(rule => rule.Grace is not null).Select(rule => rule.Code).ShouldBe([803]);
    }

    [Theory]
    [InlineData(368, null, 15)]
    [InlineData(2650, 1870145, 5)]
    public async Task An_error_that_must_not_be_retried_early_has_a_wait(int code, int? subcode, int minutes) =>
        (await MetaAccountOnWire.ResultOfErrorAsync(400, code, subcode)).Outcome.Wait.ShouldBe(TimeSpan.FromMinutes(minutes));
}
