// The last act of a kubelet, for nodes that have none: take a deleted pod out of the API.
//
// kwok has a stage for this, but it deletes by name and sometimes twice, and so kills the
// next StatefulSet pod of the same name. Here the uid is a precondition of every delete.
package main

import (
	"context"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/cache"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/client-go/util/workqueue"
	"k8s.io/klog/v2"
)

// Enough to empty 500 pods in seconds, few enough to leave the API server room for others.
const reaperWorkers = 16

// deadPod is one pod whose containers would have ended by now, never its namesake.
type deadPod struct {
	namespace, name string
	uid             types.UID
}

type reaper struct {
	client kubernetes.Interface
	queue  workqueue.TypedRateLimitingInterface[deadPod]
}

func newPodReaper() *cobra.Command {
	var kubeconfig string
	command := &cobra.Command{
		Use:          "pod-reaper",
		Short:        "Removes deleted pods from nodes that no kubelet runs on",
		Args:         cobra.NoArgs,
		SilenceUsage: true,
		RunE:         func(*cobra.Command, []string) error { return reap(kubeconfig) },
	}
	command.Flags().StringVar(&kubeconfig, "kubeconfig", "", "how to reach the cluster")
	return command
}

// reap removes deleted pods until the process is told to end.
func reap(kubeconfig string) error {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	config, err := clientcmd.BuildConfigFromFlags("", kubeconfig)
	if err != nil {
		return err
	}
	config.QPS = -1 // the workers are the limit
	config.ContentType = "application/vnd.kubernetes.protobuf"
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return err
	}
	limiter := workqueue.DefaultTypedControllerRateLimiter[deadPod]()
	r := &reaper{client: client, queue: workqueue.NewTypedRateLimitingQueue(limiter)}
	for range reaperWorkers {
		go r.work(ctx)
	}
	if err := r.watch(ctx); err != nil {
		return err
	}
	<-ctx.Done()
	r.queue.ShutDown()
	return nil
}

// watch queues every deleted pod that is bound to a node; the API server removes unbound ones itself.
func (r *reaper) watch(ctx context.Context) error {
	bound := informers.WithTweakListOptions(func(options *metav1.ListOptions) {
		options.FieldSelector = fields.OneTermNotEqualSelector("spec.nodeName", "").String()
	})
	factory := informers.NewSharedInformerFactoryWithOptions(r.client, 0, bound, informers.WithTransform(metadataOnly))
	_, err := factory.Core().V1().Pods().Informer().AddEventHandler(cache.ResourceEventHandlerFuncs{
		AddFunc:    r.see,
		UpdateFunc: func(_, pod any) { r.see(pod) },
	})
	if err != nil {
		return err
	}
	factory.Start(ctx.Done())
	return nil
}

// metadataOnly keeps the cache small: thousands of pods, of which nothing else is read.
func metadataOnly(object any) (any, error) {
	if pod, ok := object.(*corev1.Pod); ok {
		pod.ManagedFields = nil
		return &corev1.Pod{ObjectMeta: pod.ObjectMeta}, nil
	}
	return object, nil
}

// see queues the pod if its last act is due. Once that is done the grace period is 0: what still
// holds the pod then is a finalizer, which is not a kubelet's business, and repeating would spin.
func (r *reaper) see(object any) {
	pod, ok := object.(*corev1.Pod)
	if !ok || pod.DeletionTimestamp == nil {
		return
	}
	if grace := pod.DeletionGracePeriodSeconds; grace == nil || *grace == 0 {
		return
	}
	r.queue.Add(deadPod{pod.Namespace, pod.Name, pod.UID})
}

func (r *reaper) work(ctx context.Context) {
	for {
		pod, shutdown := r.queue.Get()
		if shutdown {
			return
		}
		if err := r.remove(ctx, pod); err != nil && ctx.Err() == nil {
			klog.ErrorS(err, "Will try again to remove a pod", "pod", klog.KRef(pod.namespace, pod.name))
			r.queue.AddRateLimited(pod)
		} else {
			r.queue.Forget(pod)
		}
		r.queue.Done(pod)
	}
}

// remove deletes exactly this pod. Not found: gone already. Conflict: the name belongs to a new pod.
func (r *reaper) remove(ctx context.Context, pod deadPod) error {
	now := metav1.NewDeleteOptions(0)
	now.Preconditions = metav1.NewUIDPreconditions(string(pod.uid))
	err := r.client.CoreV1().Pods(pod.namespace).Delete(ctx, pod.name, *now)
	if apierrors.IsNotFound(err) || apierrors.IsConflict(err) {
		return nil
	}
	return err
}
