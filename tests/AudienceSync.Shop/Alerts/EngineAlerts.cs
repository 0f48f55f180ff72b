namespace AudienceSync.Shop.Alerts;

/// <summary>GET /v1/alerts, reduced to the fields that are evaluated.</summary>
internal sealed record EngineAlerts(IReadOnlyList<EngineAlert> Alerts, IReadOnlyList<EngineNotice> Notices);

/// <param name="State"><c>pending</c>, <c>firing</c> or <c>recovering</c>.</param>
internal sealed record EngineAlert(string Rule, string Subject, string State);

/// <param name="Kind"><c>opened</c>, <c>recovered</c> and others.</param>
/// <param name="Group">The ad account, or the subject.</param>
internal sealed record EngineNotice(string Kind, string Rule, string Group, IReadOnlyList<EngineSend> Sends);

/// <summary>What became of a notice in a channel.</summary>
internal sealed record EngineSend(string Channel, string State);
