using AudienceSync.Host.EventStore;
using AudienceSync.Host.EventStore.Leases;

namespace AudienceSync.Host.Feedback;

/// <summary>The services that report to the senders of a workspace what happened to their people.</summary>
internal static class AddFeedbackExtensions
{
    /// <param name="services">The workspace's container.</param>
    /// <param name="plan">The sources that get feedback.</param>
    /// <param name="metrics">Counts what is sent; null for a verb.</param>
    /// <param name="poll">How often it looks for what happened.</param>
    public static IServiceCollection AddFeedback(
        this IServiceCollection services,
        FeedbackPlan plan,
        FeedbackMetrics? metrics,
        TimeSpan poll
    )
    {
        services
            .AddSingleton(plan)
            .AddSingleton<FeedbackPageStore>()
            .AddSingleton<FeedbackCursorQueries>()
            .AddSingleton<FeedbackPeopleQueries>()
            .AddSingleton<DeliveryFactQueries>()
            .AddSingleton<TraitStore>()
            .AddSingleton<TraitPages>()
            .AddSingleton<StepStore>()
            .AddSingleton<StepReporter>()
            .AddSingleton<FeedbackQueries>()
            .AddSingleton(provider => new FeedbackSender(
                plan,
                provider.GetRequiredService<FeedbackPageStore>(),
                provider.GetRequiredService<DeliveryFactQueries>(),
                provider.GetRequiredService<FeedbackPeopleQueries>(),
                provider.GetRequiredService<TraitPages>(),
                provider.GetRequiredService<StepReporter>(),
                provider.GetRequiredService<TimeProvider>(),
                provider.GetRequiredService<ILogger<FeedbackSender>>()
            )
            {
                Metrics = metrics,
            })
            .AddSingleton(provider => new FeedbackLoop(
                plan,
                provider.GetRequiredService<FeedbackPageStore>(),
                provider.GetRequiredService<FeedbackCursorQueries>(),
                provider.GetRequiredService<StepReporter>(),
                provider.GetRequiredService<LeaseStore>(),
                provider.GetRequiredService<TimeProvider>(),
                provider.GetRequiredService<ILogger<FeedbackLoop>>()
            )
            {
                PollEvery = poll,
            });
        return plan.Sources.Count == 0 ? services : services.AddWorker<FeedbackLoop>(FeedbackLoop.LeaseName, loop => loop.RunAsync);
    }
}
