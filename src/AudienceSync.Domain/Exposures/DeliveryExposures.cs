using AudienceSync.Domain.Identity;
using AudienceSync.Domain.Syncing;

namespace AudienceSync.Domain.Exposures;

/// <summary>What one member of a delivery adds to the exposure log, as a pure function of what is known of the spell.</summary>
public static class DeliveryExposures
{
    /// <summary>
    /// The rows, and the spell's deliveries afterwards. A refresh repeats what is known, so it is only logged when it is refused; what is
    /// in doubt is sent again, so only its first sending is logged.
    /// </summary>
    /// <param name="person">The root of the person's anchors.</param>
    /// <param name="keyId">The key that fed the remote audience.</param>
    /// <param name="spell">The spell that the delivery belongs to; null when none is known.</param>
    /// <param name="before">Its deliveries at the binding so far.</param>
    /// <param name="delivery">The delivery.</param>
    public static (IReadOnlyList<ExposureRow> Rows, ExposureSend? After) Of(
        PersonId person,
        int keyId,
        ExposureSpell? spell,
        ExposureSend? before,
        in ExposureDelivery delivery
    )
    {
        var (at, result) = (delivery.At, delivery.Result);
        var send = before ?? (spell is null ? null : new ExposureSend(spell.Id, delivery.BindingId));
        var isMade = delivery.CallId is not null && !delivery.IsJobEnd && !IsOurs(result);
        var kinds = new List<ExposureKind>(2);
        if (DeliveryResults.IsRejected(result))
        {
            kinds.Add(ExposureReasons.IsInvalid(result) ? ExposureKind.Invalid : ExposureKind.Rejected);
        }

        switch (delivery.Kind)
        {
            case DeliveryKind.Add:
                if (isMade && send?.SentAt is null)
                {
                    kinds.Insert(0, ExposureKind.Sent);
                }

                if (IsDone(result))
                {
                    kinds.Add(delivery.IsJobEnd ? ExposureKind.Confirmed : ExposureKind.Acknowledged);
                }

                break;
            case DeliveryKind.Remove:
                if (isMade && send?.RemovedAt is null)
                {
                    kinds.Insert(0, ExposureKind.RemovedSent);
                }

                if (IsDone(result))
                {
                    kinds.Add(ExposureKind.RemovedAcknowledged);
                }

                break;
            default:
                break;
        }

        var delivered = delivery;
        return ([.. kinds.Select(kind => Row(kind, person, keyId, spell, delivered))], send is null ? null : After(send, kinds, at));
    }

    private static ExposureRow Row(ExposureKind kind, PersonId person, int keyId, ExposureSpell? spell, in ExposureDelivery delivery)
    {
        var since = kind switch
        {
            ExposureKind.Acknowledged or ExposureKind.Confirmed => spell?.OpenedAt,
            ExposureKind.RemovedAcknowledged => spell?.ClosedAt,
            _ => null,
        };
        return new ExposureRow(kind, person, delivery.At)
        {
            KeyId = keyId,
            Arm = spell?.Arm ?? ExposureArm.None,
            Experiment = spell?.Experiment,
            Reason = kind switch
            {
                ExposureKind.Rejected or ExposureKind.Invalid => ExposureReasons.OfRejected(delivery.Result),
                ExposureKind.RemovedSent or ExposureKind.RemovedAcknowledged => spell is null ? null : ReasonAt(spell, delivery.At),
                _ => null,
            },
            BindingId = delivery.BindingId,
            RunId = delivery.RunId,
            CallId = delivery.CallId,
            LatencyMs = since is { } from && delivery.At >= from ? (long)(delivery.At - from).TotalMilliseconds : null,
        };
    }

    // Whenever the delivery is read: what ended the spell later was not the reason.
    private static string? ReasonAt(ExposureSpell spell, DateTimeOffset at) =>
        spell.ClosedAt <= at ? spell.EndReason
        : spell.Arm == ExposureArm.Holdout ? ExposureReasons.Holdout
        : null;

    // Somebody who is added again after a removal in one spell is there again.
    private static ExposureSend After(ExposureSend send, List<ExposureKind> kinds, DateTimeOffset at)
    {
        foreach (var kind in kinds)
        {
            send = kind switch
            {
                ExposureKind.Sent => send with { SentAt = at },
                ExposureKind.Acknowledged or ExposureKind.Confirmed => send with
                {
                    SentAt = send.SentAt ?? at,
                    AcknowledgedAt = send.AcknowledgedAt ?? at,
                    RemovedAt = null,
                    RemovedAcknowledgedAt = null,
                },
                ExposureKind.RemovedSent => send with { RemovedAt = at },
                ExposureKind.RemovedAcknowledged => send with
                {
                    RemovedAt = send.RemovedAt ?? at,
                    RemovedAcknowledgedAt = send.RemovedAcknowledgedAt ?? at,
                },
                _ => send,
            };
        }

        return send;
    }

    private static bool IsDone(string result) => result is DeliveryResults.Acknowledged or DeliveryResults.Confirmed;

    // Nothing was sent for it.
    private static bool IsOurs(string result) =>
        ExposureReasons.IsInvalid(result) || result.StartsWith("skipped:", StringComparison.Ordinal);
}
