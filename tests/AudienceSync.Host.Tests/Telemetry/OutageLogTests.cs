using AudienceSync.Host.Telemetry;
using AudienceSync.Host.Tests.Serving;
using Microsoft.Extensions.Time.Testing;
using Npgsql;

namespace AudienceSync.Host.Tests.Telemetry;

public sealed class OutageLogTests
{
    private readonly LogCapture _capture = new();
    private readonly FakeTimeProvider _clock = new();
    private readonly OutageLog _outage;

    public OutageLogTests() => _outage = new OutageLog("Projector", _clock, _capture.CreateLogger("loop"));

    [Fact]
    public void An_outage_is_one_line_for_any_number_of_retries_and_its_end_is_one_line_with_its_duration()
    {
        for (var n = 0; n < 500; n++)
        {
            _outage.Failed(Postgres("57P03"));
            _outage.Failed(new NpgsqlException("away", new IOException("no")));
        }

        _clock.Advance(TimeSpan.FromSeconds(30));
        _outage.Recovered();
        _outage.Recovered();

        _capture.Lines.Count.ShouldBe(2);
        _capture.Lines[0].ShouldStartWith("Warning loop: Projector interrupted: PostgresException 57P03; retrying until it succeeds");
        _capture.Lines[1].ShouldStartWith("Information loop: Projector recovered after 30.0 s and 1000 failed tries");
    }

    [Fact]
    public void A_storage_failure_is_logged_without_message_and_stack_trace()
    {
        _outage.Failed(Caught(new NpgsqlException("ann@example.com", new IOException("ann@example.com"))));

        _capture.Lines.ShouldHaveSingleItem().ShouldNotContain("ann@example.com");
        _capture.Lines[0].ShouldNotContain("   at ");
        _capture.Lines[0].ShouldContain("IOException");
    }

    [Fact]
    public void A_program_error_is_logged_with_its_stack_trace_once_per_type()
    {
        for (var n = 0; n < 50; n++)
        {
            _outage.Failed(Caught(new FormatException("a fold that throws")));
            _outage.Failed(Caught(new InvalidCastException("another")));
        }

        _capture.Lines.Count.ShouldBe(2);
        _capture.Lines.ShouldAllBe(line =>
            line.StartsWith("Error loop: Projector failed; retrying until it succeeds") && line.Contains("   at ")
        );
    }

    [Fact]
    public void A_long_outage_is_logged_again_once_an_hour()
    {
        _outage.Failed(new TimeoutException());
        for (var minute = 0; minute < 150; minute++)
        {
            _clock.Advance(TimeSpan.FromMinutes(1));
            _outage.Failed(new TimeoutException());
        }

        _capture.Lines.Count.ShouldBe(3);
        _capture.Lines[2].ShouldContain("still interrupted after 7200 s");
    }

    [Fact]
    public void The_waits_grow_to_a_bound_and_start_over_after_a_recovery()
    {
        var waits = Enumerable.Range(0, 70).Select(_ => _outage.Failed(new TimeoutException())).ToList();
        waits[0].ShouldBe(OutageLog.FirstWait);
        waits.Zip(waits.Skip(1)).ShouldAllBe(pair => pair.Second >= pair.First);
        waits[^1].ShouldBe(OutageLog.LongestWait);

        _outage.Recovered();
        _outage.Failed(new TimeoutException()).ShouldBe(OutageLog.FirstWait);
    }

    [Theory]
    [InlineData("08006", true)]
    [InlineData("53100", true)]
    [InlineData("53300", true)]
    [InlineData("55P03", true)]
    [InlineData("57P01", true)]
    [InlineData("40P01", true)]
    [InlineData("25P03", true)]
    [InlineData("42703", false)]
    [InlineData("23505", false)]
    public void A_storage_failure_is_recognized_by_the_class_of_its_SQLSTATE(string state, bool isStorage) =>
        OutageLog.IsStorage(Postgres(state)).ShouldBe(isStorage);

    private static PostgresException Postgres(string state) => new("ann@example.com", "ERROR", "ERROR", state);

    private static Exception Caught(Exception failure)
    {
        try
        {
            throw failure;
        }
        catch (Exception caught) when (caught == failure)
        {
            return caught;
        }
    }
}
