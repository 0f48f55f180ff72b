using AudienceSync.Domain.Events;
using AudienceSync.Domain.Outcomes;

namespace AudienceSync.Domain.Tests.Outcomes;

/// <summary>Outcomes for the tests of this folder.</summary>
internal static class OutcomeSamples
{
    public static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private static readonly string[] Metrics =
    [
        "drafted",
        "attempted",
        "sent",
        "delivered",
        "opened",
        "clicked",
        "converted",
        "unsubscribed",
        "subscribed",
        "bounced",
        "dropped",
        "spammed",
        "failed",
        "undeliverable",
        "deferred",
        "replied",
        "cio_subscription_preferences_changed",
        "a metric of tomorrow",
    ];

    private static readonly string[] Channels = ["email", "sms", "push", "whatsapp", "in_app", "customer", "pigeon"];

    private static readonly string?[] Texts = [null, "550 5.1.1 user unknown", "452 mailbox full", "550 5.7.1 blocked", "Liquid error"];

    public static DateTimeOffset At(int minutes) => Start.AddMinutes(minutes);

    public static MessageOutcomeRecorded Of(string channel, string metric, int minutes, string? text = null, bool machine = false) =>
        new(At(minutes), "cio_reporting", channel, metric)
        {
            Failure = FailureClassifier.Classify(channel, metric, text),
            Machine = machine,
        };

    public static MessageOutcomeRecorded Preferences(int minutes, params (string Topic, bool Wanted)[] topics) =>
        new(At(minutes), "cio_reporting", "customer", OutcomeMetrics.PreferencesChanged)
        {
            Topics = topics.ToDictionary(topic => topic.Topic, topic => topic.Wanted),
        };

    public static MessageOutcomeRecorded Any(Random random)
    {
        var outcome = Of(
            Channels[random.Next(Channels.Length)],
            Metrics[random.Next(Metrics.Length)],
            random.Next(90 * 24 * 60),
            Texts[random.Next(Texts.Length)],
            random.Next(3) == 0
        );
        return outcome.Metric != OutcomeMetrics.PreferencesChanged
            ? outcome
            : outcome with
            {
                Topics = Answers(random, "topic_"),
                Channels = random.Next(2) == 0 ? null : Answers(random, "channel_"),
            };
    }

    private static Dictionary<string, bool> Answers(Random random, string prefix) =>
        Enumerable.Range(0, random.Next(4)).ToDictionary(n => prefix + n, _ => random.Next(2) == 0);
}
