using AudienceSync.Domain.Decisions;
using AudienceSync.Domain.Identity;
using AudienceSync.Host.Ingest;
using AudienceSync.Host.Ingest.Reading;
using AudienceSync.Host.Privacy;

namespace AudienceSync.Host.Decisions;

/// <summary>The decisions of one source.</summary>
public sealed class SourceDecisions : IReceiptFields
{
    private readonly DecisionSettings _settings;
    private readonly Decider _decider;
    private readonly AliasDigester _digester;

    internal SourceDecisions(Source source, DecisionSettings settings, Decider decider, AliasDigester digester)
    {
        (Source, _settings, _decider, _digester) = (source, settings, decider, digester);
    }

    public Source Source { get; }

    /// <summary>Answers a question.</summary>
    /// <param name="question">Who, and about which audiences.</param>
    /// <param name="cancellationToken">The asker is gone.</param>
    internal Task<IReadOnlyList<NamedValue>> AnswerAsync(DecisionQuestion question, CancellationToken cancellationToken) =>
        _decider.DecideAsync(Source, _settings, question.Person, question.Names, DecisionVia.Question, cancellationToken);

    /// <summary>Reads a question.</summary>
    internal IngestProblem? TryRead(RequestBody body, out DecisionQuestion? question) =>
        DecisionQuestion.TryRead(body, Source, _digester, out question);

    /// <summary>The fields beside the receipt of a webhook, of which the log has the event already.</summary>
    public async Task<IReadOnlyList<NamedValue>?> OfAsync(Alias[] named, CancellationToken cancellationToken) =>
        _settings.InWebhookResponse && named.Length > 0
            ? await _decider.DecideAsync(Source, _settings, new NamedAliases(named), [], DecisionVia.WebhookResponse, cancellationToken)
            : null;
}

/// <summary>The decisions of a workspace's sources.</summary>
/// <param name="BySource">By the name of the source.</param>
internal sealed record WorkspaceDecisions(IReadOnlyDictionary<string, SourceDecisions> BySource);
